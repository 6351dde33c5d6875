import type { FastifyInstance } from 'fastify';
import {
  endpoints,
  type Calendar,
  type CalendarChanged,
  type CalendarImport,
  type CalendarInput,
  type Holiday,
} from 'job-trigger-contract';
import {
  calendarChangeToCore,
  calendarSummaryToWire,
  calendarToCore,
  calendarToWire,
  effectToWire,
  holidayToWire,
  rangeToWire,
} from 'job-trigger-contract/mapping';
import {
  invalidField,
  nationalHolidays,
  readCalendarFile,
  type Actor,
  type Calendar as CoreCalendar,
  type CalendarFile,
  type CalendarSource,
  type Effect,
} from 'job-trigger-core';
import { readCalendarJson } from '../calendar-json.ts';
import { expectedVersion } from '../expected-version.ts';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

const attribution = 'Holiday data: date-holidays, CC BY 3.0.';
/** Years of national holidays that a calendar gets when nobody names them. */
const yearsAhead = 10;

type Found = Awaited<ReturnType<PortalOptions['operations']['calendars']['get']>>;

export function calendarRoutes(app: FastifyInstance, options: PortalOptions): void {
  const { operations, store, system, timezone } = options;
  const facts = { timezone };
  const idOf = (uuid: string): number => referenceOf(uuid, 'calendar').id;
  const thisYear = async (): Promise<number> => new Date(await store.now()).getUTCFullYear();

  async function wireOf({ calendar, usedBy }: Found): Promise<Calendar> {
    const { content } = calendar;
    const ids = content.kind === 'blackout' && content.scope.kind === 'jobs' ? content.scope.jobs : [];
    const jobs = await store.jobs.byIds(ids);
    const births = new Map([...jobs].map(([id, { createdAt }]) => [id, createdAt]));
    return calendarToWire(calendar, { users: usedBy, jobs: births });
  }
  const changedOf = async (changed: Effect & { readonly calendar: CoreCalendar }): Promise<CalendarChanged> => ({
    ...(await wireOf(await operations.calendars.get(changed.calendar.id))),
    ...effectToWire(changed),
  });

  /** A country as the source of a calendar without holidays brings them along. */
  async function filled<T extends Pick<CalendarInput, 'source'> & { holidays?: Holiday[] | undefined }>(
    input: T,
  ): Promise<T> {
    const { source, holidays } = input;
    if (source?.kind !== 'country' || (holidays !== undefined && holidays.length > 0)) return input;
    const fromYear = source.from_year ?? (await thisYear());
    const toYear = source.to_year ?? fromYear + yearsAhead;
    const region = source.region ?? undefined;
    const found = await nationalHolidays({ country: source.country, region, fromYear, toYear });
    return {
      ...input,
      source: { ...source, from_year: fromYear, to_year: toYear },
      holidays: found.holidays.map(holidayToWire),
    };
  }

  serve(app, endpoints.listCalendars, async ({ query }) => ({
    items: (await operations.calendars.list()).map(calendarSummaryToWire),
    next_cursor: null,
    limit: query.limit,
  }));
  serve(app, endpoints.createCalendar, async ({ body, actor, reply }) => {
    const input = body.kind === 'holiday' ? await filled(body) : body;
    const made = await changedOf(await operations.calendars.create(calendarToCore(input, facts), actor));
    void reply.header('location', `/api/calendars/${made.id}`);
    return made;
  });
  serve(app, endpoints.getCalendar, async ({ params }) => wireOf(await operations.calendars.get(idOf(params.id))));
  serve(app, endpoints.putCalendar, async ({ params, body, actor, request }) => {
    const id = idOf(params.id);
    const { calendar } = await operations.calendars.get(id);
    const input = calendar.content.kind === 'holiday' ? await filled(body) : body;
    const change = calendarChangeToCore(input, calendar.content);
    return changedOf(await operations.calendars.change(id, change, actor, expectedVersion(request)));
  });
  serve(app, endpoints.deleteCalendar, async ({ params, query, actor }) =>
    effectToWire(await operations.calendars.remove(idOf(params.id), actor, { force: query.force === true })),
  );

  serve(app, endpoints.importCalendar, async ({ body, actor }) => {
    const file = await entriesOf(body);
    const answer = {
      name: file.name,
      holidays: file.holidays.map(holidayToWire),
      ranges: file.ranges.map(rangeToWire),
      notes: [...file.notes],
    };
    if (body.dry_run === true) return { calendar: null, ...answer };
    return { calendar: await changedOf(await takeOver(body, file, actor)), ...answer };
  });

  async function entriesOf(body: CalendarImport): Promise<CalendarFile> {
    if (body.format === 'json') return readCalendarJson(body);
    return readCalendarFile({
      text: body.text,
      kind: body.kind ?? 'holiday',
      timezone: body.timezone ?? timezone,
      now: await store.now(),
      mono: () => system.clock.mono(),
    });
  }

  async function takeOver(
    body: CalendarImport,
    file: CalendarFile,
    actor: Actor,
  ): Promise<Effect & { readonly calendar: CoreCalendar }> {
    const source: CalendarSource = { kind: body.format };
    if (body.calendar_id !== undefined) {
      const { calendar } = await operations.calendars.get(idOf(body.calendar_id));
      const content =
        calendar.content.kind === 'holiday'
          ? { ...calendar.content, holidays: file.holidays }
          : { ...calendar.content, ranges: file.ranges };
      return operations.calendars.change(calendar.id, { content, source, name: body.name }, actor, calendar.version);
    }
    const name = body.name ?? file.name;
    if (name === null) throw invalidField('name', 'is needed: the file does not name itself');
    const wire =
      (body.kind ?? 'holiday') === 'holiday'
        ? { kind: 'holiday' as const, name, holidays: file.holidays.map(holidayToWire) }
        : {
            kind: 'blackout' as const,
            name,
            ranges: file.ranges.map(rangeToWire),
            ...(body.timezone === undefined ? {} : { timezone: body.timezone }),
          };
    return operations.calendars.create({ ...calendarToCore(wire, facts), source }, actor);
  }

  serve(app, endpoints.nationalHolidays, async ({ query }) => {
    const fromYear = query.year ?? (await thisYear());
    const { country, region } = query;
    const found = await nationalHolidays({ country, region, fromYear, toYear: query.to_year ?? fromYear });
    return {
      countries: [...found.countries],
      regions: [...found.regions],
      items: found.holidays.map(holidayToWire),
      attribution,
    };
  });
}
