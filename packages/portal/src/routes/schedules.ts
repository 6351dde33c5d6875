import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { below, instantToCore, parseToWire, previewToWire, scheduleToCore } from 'job-trigger-contract/mapping';
import {
  checkSchedule,
  invalidField,
  isKnownZone,
  listZones,
  offsetText,
  tzVersion,
  understandWords,
  zoneOf,
} from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

export function scheduleRoutes(app: FastifyInstance, { operations, store, timezone }: PortalOptions): void {
  serve(app, endpoints.preview, async ({ body }) => {
    const schedule = scheduleToCore(body.schedule, { timezone }, 'schedule');
    if (schedule === null) throw invalidField('schedule.kind', 'a manual job has no instants to preview');
    below('schedule', () => checkSchedule(schedule.spec));
    const { from, to, count, job_id, replaces, tags } = body;
    return previewToWire(
      await operations.schedules.preview({
        schedule,
        ...(from === undefined ? {} : { from: instantToCore(from, 'from') }),
        ...(to === undefined ? {} : { to: instantToCore(to, 'to') }),
        ...(count === undefined ? {} : { count }),
        ...(job_id === undefined ? {} : { jobId: referenceOf(job_id, 'job').id }),
        ...(replaces === undefined ? {} : { replaces }),
        ...(tags === undefined ? {} : { tags }),
      }),
    );
  });

  serve(app, endpoints.parseSchedule, async ({ body }) => {
    const zone = body.timezone ?? timezone;
    if (!isKnownZone(zone)) throw invalidField('timezone', 'is no known time zone', 'timezone_unknown');
    return parseToWire(understandWords(body.text, { now: await store.now(), timezone: zone }));
  });

  serve(app, endpoints.timezones, async () => {
    const now = await store.now();
    return {
      items: listZones().map((name) => ({ name, offset: offsetText(zoneOf(name).segmentAt(now).offset) })),
      version: tzVersion,
    };
  });
}
