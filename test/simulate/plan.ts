/** From a seed to everything that is decided before the world begins: jobs, wishes of people, and faults. Pure. */
import { factories } from 'job-trigger-core/testing';
import { catchUpPolicies, type JobDefinition } from '../../packages/core/src/model/job.ts';
import { defaultSettings, type EngineSettings } from '../../packages/core/src/model/settings.ts';
import type { ScheduleSpec } from '../../packages/core/src/model/schedule.ts';
import { chanceOf, pick, type Chance } from '../chaos/plan.ts';
import type { Rule } from '../chaos/oracle.ts';
import { faultKinds, planFault, type Fault } from './faults.ts';
import { worldStart } from './machine.ts';

const second = 1000;

interface PlannedJob {
  readonly definition: JobDefinition;
  readonly schedules: readonly { readonly spec: ScheduleSpec; readonly rule: Rule; readonly periodMs: number }[];
}

/** What a person asks for, at a moment of the world. */
export interface Wish {
  readonly at: number;
  readonly kind: 'run' | 'cancel' | 'pause' | 'resume' | 'edit';
  readonly job: number;
}

export interface Plan {
  readonly seed: number;
  readonly settings: EngineSettings;
  readonly schedulers: number;
  readonly workers: number;
  readonly machines: number;
  readonly jobs: readonly PlannedJob[];
  readonly wishes: readonly Wish[];
  readonly faults: readonly Fault[];
}

/** Faults strike from the first of these to the second; by the third everything is mended. */
const faultsFromMs = 5 * second;
const faultsUntilMs = 45 * second;
export const mendedMs = 50 * second;

/** Times short enough that everything which may happen does so within a few simulated minutes. */
function planSettings(chance: Chance): EngineSettings {
  return {
    ...defaultSettings,
    pollIntervalMs: pick(chance, [2000, 5000, 10_000]),
    claimLockMs: 15_000,
    stuckThresholdMs: 60_000,
    lateToleranceMs: pick(chance, [3000, 8000]),
    workerPollMs: pick(chance, [500, 1000, 3000]),
    workerMaxPollMs: 5000,
    heartbeatMs: pick(chance, [2000, 2600]),
    leaseMs: 8000,
    lostAfterMs: 20_000,
    amnestyMs: 10_000,
    maxConcurrent: pick(chance, [1, 2, 4]),
    jobTimeoutMs: 30_000,
    drainMs: 4000,
  };
}

function planSchedule(chance: Chance): PlannedJob['schedules'][number] {
  const seconds = pick(chance, [8, 10, 12, 15, 20, 30]);
  if (chance() < 0.7) {
    const start = worldStart - second * Math.floor(chance() * 100);
    return {
      spec: { kind: 'interval', every: seconds, unit: 'seconds', start, timezone: 'UTC' },
      rule: { kind: 'interval', seconds, start },
      periodMs: seconds * second,
    };
  }
  const step = pick(chance, [12, 15, 20, 30]);
  const expression = `*/${step} * * * * *`;
  return {
    spec: { kind: 'cron', expression, timezone: 'UTC' },
    rule: { kind: 'cron', expression, offsetMinutes: 0 },
    periodMs: step * second,
  };
}

function planJob(chance: Chance, index: number): PlannedJob {
  const overlap = pick(chance, ['skip', 'queue_one', 'queue_all', 'allow', 'replace'] as const);
  const retry = {
    maxAttempts: 3,
    strategy: 'fixed',
    delaySeconds: 2,
    maxDelaySeconds: null,
    maxTotalSeconds: null,
    delaysSeconds: null,
    on: { exitCodes: null, httpStatus: null, timedOut: chance() < 0.5 },
  } as const;
  const count = chance() < 0.25 ? 2 : 1;
  return {
    definition: factories.jobDefinition({
      // Their claim is their intent.
      ...(index % 4 === 3 ? { type: 'function', config: { name: 'job' } } : {}),
      name: `job-${index}`,
      overlap,
      onLost: pick(chance, ['fail', 'rerun'] as const),
      maxConcurrent: overlap === 'allow' ? pick(chance, [1, 2, null]) : 1,
      priority: pick(chance, ['critical', 'medium', 'low'] as const),
      killGraceSeconds: pick(chance, [0, 1, 2]),
      catchUp: { policy: pick(chance, catchUpPolicies), windowSeconds: 3600, max: 3 },
      retry: chance() < 0.5 ? retry : null,
      startDeadlineSeconds: chance() < 0.1 ? 10 : null,
    }),
    schedules: Array.from({ length: count }, () => planSchedule(chance)),
  };
}

function planWishes(chance: Chance, jobs: number): Wish[] {
  const wishes = Array.from({ length: Math.floor(chance() * 7) }, (): Wish[] => {
    const at = 2 * second + chance() * 46 * second;
    const kind = pick(chance, ['run', 'run', 'cancel', 'pause', 'edit'] as const);
    const job = Math.floor(chance() * jobs);
    const own: Wish = { at, kind, job };
    return kind === 'pause' ? [own, { at: at + chance() * 20 * second, kind: 'resume', job }] : [own];
  });
  return wishes.flat().toSorted((a, b) => a.at - b.at);
}

/** @param without places in the list of faults that are left out; everything else stays as it is */
export function planWorld(seed: number, without: ReadonlySet<number> = new Set()): Plan {
  const chance = chanceOf(seed);
  const settings = planSettings(chance);
  const schedulers = pick(chance, [2, 2, 3]);
  const workers = pick(chance, [2, 2, 3]);
  const jobs = Array.from({ length: 6 + Math.floor(chance() * 5) }, (_, index) => planJob(chance, index));
  const wishes = planWishes(chance, jobs.length);
  const faults = Array.from({ length: 1 + Math.floor(chance() * 7) }, () =>
    planFault(chance, {
      kind: pick(chance, faultKinds),
      from: faultsFromMs,
      until: faultsUntilMs,
      schedulers,
      workers,
    }),
  );
  return {
    seed,
    settings,
    schedulers,
    workers,
    machines: 2,
    jobs,
    wishes,
    faults: faults.filter((_, index) => !without.has(index)),
  };
}
