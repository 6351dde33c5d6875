/** What is broken on purpose. The numbers of `FAULTS.md` stand beside each kind. */
import { pick, type Chance } from '../chaos/plan.ts';

export const faultKinds = [
  /** F1 */
  'scheduler_killed',
  /** F5, F6 */
  'worker_killed',
  'spawner_killed',
  'worker_and_spawner_killed',
  /** F14, F16: all of a machine at once, and what its disk had not synced. */
  'power_cut',
  /** F3 */
  'scheduler_stopped',
  /** F7, F8, F9 */
  'worker_stopped',
  /** F10 */
  'worker_and_spawner_stopped',
  /** F36 */
  'machine_asleep',
  /** F54: SIGTERM, and a new start afterwards. */
  'worker_drained',
  /** C1-C11: before a call, in the midst of its transaction, or after its commit. */
  'killed_at_call',
  /** F26 */
  'reply_lost',
  'call_refused',
  /** F24, F27 */
  'database_away',
  'partition',
  /** F31 */
  'database_slow',
  /** F17 */
  'disk_full',
  /** F32, F33: every clock, the database's too. */
  'clock_jump',
  /** F35: a machine's clock alone. */
  'clock_off',
  'bells_lost',
  /** F52 */
  'starts_refused',
] as const;
export type FaultKind = (typeof faultKinds)[number];

export interface Fault {
  readonly kind: FaultKind;
  readonly at: number;
  /** How long it lasts, or until what was killed is started again. */
  readonly lastsMs: number;
  /** A scheduler or a worker, from 0; for a machine's own faults the machine's number. */
  readonly target: number;
  readonly role: 'scheduler' | 'worker';
  /** Of a fault that meets a call: which one, and how. */
  readonly method: string;
  readonly when: 'before' | 'after';
  /** Of a clock that jumps. */
  readonly byMs: number;
}

const schedulerCalls = ['schedules.advance', 'ledger.insert', 'runs.insert', 'schedulers.beat', 'workers.declareLost'];
const workerCalls = [
  'dispatch.claim',
  'dispatch.claim',
  'dispatch.intend',
  'dispatch.intend',
  'dispatch.finish',
  'dispatch.finish',
  'dispatch.renew',
  'dispatch.release',
  'dispatch.markRunning',
  'workers.register',
  'workers.end',
];
const jumps = [-3_600_000, -600_000, -40_000, -12_000, -3000, 3000, 12_000, 40_000, 600_000, 3_600_000];

const targetsWorker: ReadonlySet<FaultKind> = new Set([
  'worker_killed',
  'spawner_killed',
  'worker_and_spawner_killed',
  'worker_stopped',
  'worker_and_spawner_stopped',
  'worker_drained',
]);

export interface FaultFrame {
  readonly kind: FaultKind;
  readonly from: number;
  readonly until: number;
  readonly schedulers: number;
  readonly workers: number;
}

/** Draws the same number of times for every kind. */
export function planFault(chance: Chance, { kind, from, until, schedulers, workers }: FaultFrame): Fault {
  const isWorker = chance() < 0.6;
  const either: Fault['role'] = isWorker ? 'worker' : 'scheduler';
  const role = kind.startsWith('scheduler') ? 'scheduler' : targetsWorker.has(kind) ? 'worker' : either;
  const drawn = chance();
  const ofMachine = kind === 'power_cut' || kind === 'machine_asleep' || kind === 'clock_off';
  const many = ofMachine ? 2 : role === 'worker' ? workers : schedulers;
  return {
    kind,
    role,
    target: Math.floor(drawn * many),
    at: from + chance() * (until - from),
    lastsMs: pick(chance, [500, 1500, 4000, 7000, 12_000, 25_000, 45_000]),
    method: pick(chance, role === 'worker' ? workerCalls : schedulerCalls),
    when: pick(chance, ['before', 'after'] as const),
    byMs: pick(chance, jumps),
  };
}
