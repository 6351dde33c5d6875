import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { below, instantToCore, previewToWire, scheduleToCore } from 'job-trigger-contract/mapping';
import {
  checkSchedule,
  listZones,
  offsetText,
  tzVersion,
  zoneOf,
  differenceBetween,
  formatInstant,
  invalidField,
  nextInstants,
  previewSchedule,
} from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

/** The difference to the schedules in force is told for this long. */
const comparedMs = 30 * 86_400_000;
const mostCompared = 5000;

export function scheduleRoutes(app: FastifyInstance, { operations, store, timezone }: PortalOptions): void {
  serve(app, endpoints.preview, async ({ body }) => {
    const schedule = scheduleToCore(body.schedule, { timezone }, 'schedule');
    if (schedule === null) throw invalidField('schedule.kind', 'a manual job has no instants to preview');
    below('schedule', () => checkSchedule(schedule.spec));
    const summary = body.job_id === undefined ? null : await operations.jobs.get(referenceOf(body.job_id, 'job').id);
    const tags = body.tags ?? summary?.job.definition.tags ?? [];
    const spec = await operations.calendars.resolve(schedule.spec, { jobId: summary?.job.id ?? null, tags });
    const from = body.from === undefined ? await store.now() : instantToCore(body.from, 'from');
    const preview = previewToWire(
      previewSchedule(spec, {
        from,
        count: body.count ?? 10,
        ...(body.to === undefined ? {} : { to: instantToCore(body.to, 'to') }),
      }),
    );
    if (summary === null) return preview;
    const { schedules } = summary;
    const soon = (at: number): boolean => at <= from + comparedMs;
    const replaced =
      schedules.find(
        (stored) => schedule.uuid === undefined || stored.id === referenceOf(schedule.uuid, 'schedule').id,
      ) ?? null;
    const before = replaced === null ? [] : nextInstants(replaced.spec, from, mostCompared).filter(soon);
    const { added, removed, moved } = differenceBetween(
      before,
      nextInstants(spec, from, mostCompared).filter(soon),
      spec.timezone,
    );
    return {
      ...preview,
      added: added.map(formatInstant),
      removed: removed.map(formatInstant),
      moved: moved.map((move) => ({ from: formatInstant(move.from), to: formatInstant(move.to) })),
    };
  });

  serve(app, endpoints.timezones, async () => {
    const now = await store.now();
    return {
      items: listZones().map((name) => ({ name, offset: offsetText(zoneOf(name).segmentAt(now).offset) })),
      version: tzVersion,
    };
  });
}
