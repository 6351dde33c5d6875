/** Where runs that wait belong when what closes their moment is no longer what it was. Pure. */
import type { Instant, Millis } from '../model/instant.ts';
import { farthest } from '../model/maintenance.ts';
import type { QueuePlace, WaitingRun } from '../model/run.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { blackoutAt, blackoutEnd } from '../schedule/blackouts.ts';
import { closedAt, type Closed } from '../schedule/opening.ts';

const closings: readonly (string | null)[] = ['blackout', 'holiday', 'active_hours'];

/**
 * The places that have changed of one schedule's runs. Catch-up asks what closes the present, and waits for it to open;
 * what a blackout deferred waits for blackouts only. Those that were spread over time stay spread.
 *
 * @param spec as it reads now
 */
export function placesIn(spec: ScheduleSpec, waits: readonly WaitingRun[], now: Instant): readonly QueuePlace[] {
  const catchUp = waits.filter(({ trigger, reason }) => trigger === 'catch_up' && reason !== 'maintenance');
  const deferred = waits.filter(({ trigger, reason }) => trigger === 'schedule' && reason === 'blackout');
  return [...moved(catchUp, closedAt(spec, now), now), ...moved(deferred, blackoutNow(spec, now), now)];
}

function blackoutNow(spec: ScheduleSpec, now: Instant): Closed | null {
  return blackoutAt(spec, now) === null ? null : { reason: 'blackout', opensAt: blackoutEnd(spec, now) };
}

function moved(waits: readonly WaitingRun[], closed: Closed | null, now: Instant): readonly QueuePlace[] {
  const held = waits.filter(({ reason }) => closings.includes(reason));
  const first = Math.min(...held.map(({ availableAt }) => availableAt));
  const opensAt = closed === null ? now : (closed.opensAt ?? farthest);
  const after = (delay: Millis): Instant => Math.min(farthest, opensAt + delay);
  return waits.flatMap((run): QueuePlace[] => {
    const isHeld = held.includes(run);
    if (!isHeld && closed === null) return [];
    const availableAt = after(isHeld ? run.availableAt - first : Math.max(0, run.availableAt - now));
    const reason = closed?.reason ?? null;
    return availableAt === run.availableAt && reason === run.reason ? [] : [{ runId: run.runId, availableAt, reason }];
  });
}
