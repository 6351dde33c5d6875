/** What becomes of a monitor when a ping comes, and when none does. Pure: the same facts always give the same answer. */
import type { Instant, Millis } from '../model/instant.ts';
import type { Expectation, Monitor, PingKind } from '../model/monitor.ts';
import { nextOf } from '../schedule/occurrences.ts';
import { spoken, spokenDuration } from '../schedule/spoken.ts';

/** Why a monitor is down: no ping came, one said so, or a start was not followed by an end. */
export type DownReason = 'missing' | 'failed' | 'unfinished';

export interface MonitorStep {
  readonly monitor: Monitor;
  /** What is to be told of it; null when nothing changed that people must know. */
  readonly told:
    | { readonly kind: 'monitor.down'; readonly reason: DownReason; readonly text: string }
    | { readonly kind: 'monitor.up'; readonly reason: null; readonly text: string }
    | null;
}

/** Looked at so much later than it had to be: nobody was there, and no ping could come in. */
const unwatchedMs: Millis = 60_000;

/** When the ping after `at` is due; null when the schedule names no more. */
export function expectedAfter(expects: Expectation, at: Instant): Instant | null {
  return expects.spec === null ? at + expects.periodMs : nextOf(expects.spec, at);
}

function inState(monitor: Monitor, state: Monitor['state'], now: Instant): Monitor {
  return monitor.state === state ? monitor : { ...monitor, state, stateSince: now };
}

function goesDown(monitor: Monitor, now: Instant, reason: DownReason, text: string): MonitorStep {
  const wasDown = monitor.state === 'down';
  return {
    monitor: { ...inState(monitor, 'down', now), checkAt: null },
    told: wasDown ? null : { kind: 'monitor.down', reason, text },
  };
}

export interface PingFacts {
  readonly kind: PingKind;
  readonly exitCode: number | null;
  readonly now: Instant;
  /** Null for a ping without a body. */
  readonly output: string | null;
}

export function afterPing(before: Monitor, { kind, exitCode, now, output }: PingFacts): MonitorStep {
  const seen: Monitor = { ...before, lastOutput: output ?? before.lastOutput };
  if (before.state === 'paused') return { monitor: kind === 'start' ? seen : { ...seen, lastPingAt: now }, told: null };
  if (kind === 'start') {
    const isOpen = before.state !== 'down';
    return {
      monitor: { ...seen, startedAt: now, checkAt: isOpen ? now + before.graceMs : null },
      told: null,
    };
  }
  const expectedAt = expectedAfter(before.expects, now);
  const done: Monitor = { ...seen, lastPingAt: now, startedAt: null, expectedAt, checkAt: expectedAt };
  if (kind === 'fail') {
    const how = exitCode === null ? 'it reported a failure' : `it ended with exit code ${exitCode}`;
    return goesDown(done, now, 'failed', `${before.name} is down: ${how}.`);
  }
  const text = `${before.name} is up again after ${spokenDuration(now - before.stateSince)}.`;
  return {
    monitor: inState(done, 'up', now),
    told: before.state === 'down' ? { kind: 'monitor.up', reason: null, text } : null,
  };
}

/** At `checkAt`, or later. */
export function afterLook(before: Monitor, now: Instant): MonitorStep {
  const { checkAt, expectedAt, startedAt, graceMs, name, expects } = before;
  if (checkAt === null || checkAt > now) return { monitor: before, told: null };
  if (now - checkAt > unwatchedMs)
    return { monitor: { ...before, checkAt: now + graceMs, expectedAt: expectedAt ?? now }, told: null };
  const grace = spokenDuration(graceMs);
  const inWords = (at: Instant): string => spoken(at, expects.spec?.timezone ?? 'UTC');
  if (startedAt !== null) {
    const text = `${name} is down: it started at ${inWords(startedAt)} and did not report its end within ${grace}.`;
    return goesDown(before, now, 'unfinished', text);
  }
  if (expectedAt === null) return { monitor: { ...before, checkAt: null }, told: null };
  // Given once more time by an absence, it is the time given that counts.
  if (before.state === 'late' || checkAt > expectedAt) {
    const text = `${name} is down: its ping was due at ${inWords(expectedAt)} and did not come within ${grace}.`;
    return goesDown(before, now, 'missing', text);
  }
  const late = { ...inState(before, 'late', now), checkAt: expectedAt + graceMs };
  return late.checkAt <= now ? afterLook(late, now) : { monitor: late, told: null };
}

export function paused(before: Monitor, now: Instant): Monitor {
  return { ...inState(before, 'paused', now), expectedAt: null, checkAt: null, startedAt: null };
}

/** Expected from now on; without a ping so far it waits for the first. */
export function resumed(before: Monitor, now: Instant): Monitor {
  if (before.lastPingAt === null) return inState({ ...before, expectedAt: null, checkAt: null }, 'new', now);
  const expectedAt = expectedAfter(before.expects, now);
  return { ...inState(before, 'up', now), expectedAt, checkAt: expectedAt };
}
