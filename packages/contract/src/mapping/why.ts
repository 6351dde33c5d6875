/** Explanations and backfills, between core and wire. */
import { formatInstant, fromUuid, invalidField, toUuid } from 'job-trigger-core';
import type {
  Backfill as CoreBackfill,
  BackfillRequest as CoreRequest,
  Explanation as CoreExplanation,
} from 'job-trigger-core';
import type { Backfill, BackfillRequest } from '../shapes/backfill.ts';
import type { Explanation } from '../shapes/why.ts';
import { instantToCore } from './job-in.ts';

export function explanationToWire({ code, sentence, facts, links, action }: CoreExplanation): Explanation {
  return {
    code,
    sentence,
    facts: Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, fact ?? null])),
    links: links.map(({ kind, of, text }) => ({ kind, id: toUuid(of), text })),
    action,
  };
}

/** @throws `invalid` naming the field */
export function backfillToCore({ from, to, schedule_id, dry_run, ...rest }: BackfillRequest): CoreRequest {
  const schedule = schedule_id === undefined ? undefined : fromUuid(schedule_id);
  if (schedule === null) throw invalidField('schedule_id', 'is no id of a schedule');
  return {
    ...rest,
    from: instantToCore(from, 'from'),
    to: instantToCore(to, 'to'),
    scheduleId: schedule?.id,
    dryRun: dry_run,
  };
}

export function backfillToWire(backfill: CoreBackfill): Backfill {
  const told = (at: number | null): string | null => (at === null ? null : formatInstant(at));
  return {
    count: backfill.count,
    created_at: told(backfill.createdAt),
    first_due_at: told(backfill.firstDueAt),
    last_due_at: told(backfill.lastDueAt),
    last_available_at: told(backfill.lastAvailableAt),
    already: backfill.already,
    refused: { ...backfill.refused },
  };
}
