/** What schedules would do, and what time has in store. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { ParseAnswer, ParseRequest, Preview, PreviewRequest } from '../shapes/schedule.ts';
import { Coming } from '../shapes/system.ts';

export const schedulesEndpoints = {
  preview: endpoint({
    method: 'POST',
    path: '/api/schedules/preview',
    access: 'viewer',
    tag: 'Schedules',
    summary: 'Coming instants of a schedule, without saving it.',
    body: PreviewRequest,
    status: 200,
    answer: Preview,
  }),
  parseSchedule: endpoint({
    method: 'POST',
    path: '/api/schedules/parse',
    access: 'viewer',
    tag: 'Schedules',
    summary: 'A schedule from words or a crontab line; what can mean several things is asked back.',
    body: ParseRequest,
    status: 200,
    answer: ParseAnswer,
  }),
  timezones: endpoint({
    method: 'GET',
    path: '/api/schedules/timezones',
    access: 'open',
    tag: 'Schedules',
    summary: 'Every zone with its present offset.',
    status: 200,
    answer: z.object({ items: z.array(z.object({ name: z.string(), offset: z.string() })), version: z.string() }),
  }),
  coming: endpoint({
    method: 'GET',
    path: '/api/schedules/coming',
    access: 'viewer',
    tag: 'Schedules',
    summary: 'What runs next, over all jobs.',
    query: z.strictObject({ limit: z.coerce.number().int().min(1).max(500).optional() }),
    status: 200,
    answer: z.object({ items: z.array(Coming) }),
  }),
} as const;
