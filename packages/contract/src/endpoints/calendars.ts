/** Named calendars: holidays and blackouts that many schedules share. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import {
  Calendar,
  CalendarChanged,
  CalendarEffect,
  CalendarImport,
  CalendarImported,
  CalendarInput,
  CalendarPatch,
  CalendarSummary,
  NationalHolidays,
} from '../shapes/calendar.ts';
import { pageOf, PageQuery, QueryFlag, Uuid } from '../shapes/common.ts';

const Id = z.strictObject({ id: Uuid });
const Year = z.coerce.number().int().min(1900).max(2200);

export const calendarsEndpoints = {
  listCalendars: endpoint({
    method: 'GET',
    path: '/api/calendars',
    access: 'viewer',
    tag: 'Calendars',
    summary: 'List calendars by name.',
    query: z.strictObject(PageQuery),
    status: 200,
    answer: pageOf(CalendarSummary),
  }),
  createCalendar: endpoint({
    method: 'POST',
    path: '/api/calendars',
    access: 'editor',
    tag: 'Calendars',
    summary: 'Create a calendar; a country as its source fills its holidays.',
    body: CalendarInput,
    status: 201,
    answer: CalendarChanged,
  }),
  importCalendar: endpoint({
    method: 'POST',
    path: '/api/calendars/import',
    access: 'editor',
    tag: 'Calendars',
    summary: 'Take entries over from the text of an iCalendar or JSON file.',
    body: CalendarImport,
    status: 200,
    answer: CalendarImported,
  }),
  nationalHolidays: endpoint({
    method: 'GET',
    path: '/api/calendars/holidays',
    access: 'viewer',
    tag: 'Calendars',
    summary: 'Public holidays of a country or region; without a country, the countries.',
    query: z.strictObject({
      country: z.string().max(3).optional(),
      region: z.string().max(10).optional(),
      year: Year.optional(),
      to_year: Year.optional(),
    }),
    status: 200,
    answer: NationalHolidays,
  }),
  getCalendar: endpoint({
    method: 'GET',
    path: '/api/calendars/{id}',
    access: 'viewer',
    tag: 'Calendars',
    summary: 'One calendar with its entries and users.',
    params: Id,
    status: 200,
    answer: Calendar,
  }),
  putCalendar: endpoint({
    method: 'PUT',
    path: '/api/calendars/{id}',
    access: 'editor',
    tag: 'Calendars',
    summary: 'Change a calendar; absent fields stay. Answers the schedules it moved.',
    params: Id,
    body: CalendarPatch,
    status: 200,
    answer: CalendarChanged,
  }),
  deleteCalendar: endpoint({
    method: 'DELETE',
    path: '/api/calendars/{id}',
    access: 'editor',
    tag: 'Calendars',
    summary: 'Delete a calendar; one in use only with `force`, which takes it from its users.',
    params: Id,
    query: z.strictObject({ force: QueryFlag.optional() }),
    status: 200,
    answer: CalendarEffect,
  }),
} as const;
