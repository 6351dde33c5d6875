import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { feedToWire, forecastToWire, instantToCore, timelineToWire } from 'job-trigger-contract/mapping';
import {
  formatInstant,
  invalidField,
  isKnownZone,
  JobTriggerError,
  toUuid,
  type TimelineFilter,
} from 'job-trigger-core';
import { icalText } from '../ical-text.ts';
import type { RoomOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve, serveShared } from '../route.ts';

interface Asked {
  readonly job?: string | undefined;
  readonly tag?: string | undefined;
  readonly search?: string | undefined;
}

function filterOf({ job, tag, search }: Asked): TimelineFilter {
  return {
    ...(job === undefined ? {} : { jobIds: [referenceOf(job, 'job').id] }),
    ...(tag === undefined || tag === '' ? {} : { tag }),
    ...(search === undefined || search === '' ? {} : { search }),
  };
}

/** A calendar reaches this far ahead. */
const feedDays = 60;
const dayMs = 86_400_000;

/** Past and future on one axis, and the calendars made of it. */
export function timelineRoutes(app: FastifyInstance, { operations, store, eyes }: RoomOptions): void {
  serveShared(app, endpoints.timeline, async ({ query }) => {
    const span = { from: instantToCore(query.from, 'from'), to: instantToCore(query.to, 'to') };
    return timelineToWire(await operations.timeline.timeline(filterOf(query), span));
  });

  serveShared(app, endpoints.heatMap, async ({ query }) => {
    if (!isKnownZone(query.timezone)) throw invalidField('timezone', 'is no known time zone', 'timezone_unknown');
    const span = { from: instantToCore(query.from, 'from'), to: instantToCore(query.to, 'to') };
    const { cells, estimated } = await operations.timeline.heatMap(filterOf(query), span, query.timezone);
    return { cells: cells.map((cell) => ({ ...cell })), estimated };
  });

  serveShared(app, endpoints.forecast, async ({ query }) => {
    const from = query.from === undefined ? await store.now() : instantToCore(query.from, 'from');
    const span = { from, to: from + query.hours * 3_600_000 };
    return forecastToWire(await operations.timeline.forecast(filterOf(query), span));
  });

  serve(app, endpoints.whatIf, async ({ body }) => {
    const span = { from: instantToCore(body.from, 'from'), to: instantToCore(body.to, 'to') };
    const { count, items } = await operations.timeline.whatIf(filterOf(body), span);
    return {
      count,
      items: items.map(({ job, at }) => ({ job_id: toUuid(job), job_name: job.name, at: formatInstant(at) })),
    };
  });

  serve(app, endpoints.listFeeds, async () => ({ items: (await operations.feeds.list()).map(feedToWire) }));

  serve(app, endpoints.createFeed, async ({ body, actor }) => {
    const { feed, token } = await operations.feeds.create(
      {
        name: body.name,
        jobId: typeof body.job_id === 'string' ? referenceOf(body.job_id, 'job').id : null,
        tag: body.tag ?? null,
        search: body.search ?? null,
      },
      actor,
    );
    return { ...feedToWire(feed), path: `/api/feeds/${token}/jobs.ics` };
  });

  serve(app, endpoints.deleteFeed, async ({ params, actor }) => {
    await operations.feeds.remove(referenceOf(params.id, 'feed').id, actor);
    return undefined;
  });

  // The token in the path is the credential: calendar programs can send no other.
  app.get<{ Params: { token: string } }>(
    '/api/feeds/:token/jobs.ics',
    { config: { access: 'open' }, schema: { hide: true } },
    async (request, reply) => {
      const feed = await operations.feeds.byToken(request.params.token);
      if (feed === null) throw new JobTriggerError('not_found', 'There is no such feed.');
      const filter = {
        ...(feed.jobId === null ? {} : { jobIds: [feed.jobId] }),
        ...(feed.tag === null ? {} : { tag: feed.tag }),
        ...(feed.search === null ? {} : { search: feed.search }),
      };
      // It shows what its maker sees now; one of nobody shows everything.
      const maker = feed.personId === null ? null : await store.people.get(feed.personId);
      const seen = maker === null ? operations : eyes.of({ personId: maker.id, role: maker.role }).operations;
      const calendar = await seen.timeline.calendar(filter, feedDays * dayMs);
      return reply
        .type('text/calendar; charset=utf-8')
        .header('cache-control', 'private, no-store')
        .serializer((value: string) => value)
        .send(icalText(feed.name, calendar));
    },
  );
}
