/** Watches every commit of a world: what moved, under which fault, and whether the rules of leases were kept on the way. */
import type { Claim, Finished, Held, Holder } from '../../packages/core/src/store/dispatch-table.ts';
import type { Gap, Occurrence } from '../../packages/core/src/model/occurrence.ts';
import type { NewRun } from '../../packages/core/src/store/run-table.ts';
import type { Done } from './client.ts';

/** An attempt that ended `lost`. */
export interface Loss {
  readonly runId: number;
  readonly fence: number;
  readonly worker: string;
  /** Null when nobody had claimed it. */
  readonly onLost: 'fail' | 'rerun' | null;
  readonly intendedAt: number | null;
  readonly lostAt: number;
  readonly reason: string | null;
}

interface Claimed {
  readonly fence: number;
  readonly worker: string;
  readonly onLost: 'fail' | 'rerun';
  intendedAt: number | null;
}

type Watch = (done: Done, process: string) => readonly string[];

export class Record {
  readonly faults: string[] = [];
  readonly losses: Loss[] = [];
  /** How often each transition happened. */
  readonly transitions = new Map<string, number>();
  readonly #now: () => number;
  readonly #catchUpMax: (scheduleId: number) => number;
  readonly #claims = new Map<number, Claimed>();
  readonly #final = new Set<number>();
  readonly #ended = new Set<string>();
  readonly #decided = new Map<string, number>();
  readonly #workers = new Map<number, string>();

  constructor(now: () => number, catchUpMax: (scheduleId: number) => number) {
    this.#now = now;
    this.#catchUpMax = catchUpMax;
  }

  /** @returns the transitions that a commit made */
  take(process: string, done: readonly Done[]): readonly string[] {
    const moved = done.flatMap((each) => this.#watch[each.name]?.(each, process) ?? []);
    for (const name of moved) this.transitions.set(name, (this.transitions.get(name) ?? 0) + 1);
    return moved;
  }

  readonly #watch: { readonly [name: string]: Watch } = {
    'workers.register': ({ answer }, process) => {
      this.#workers.set(Number(answer), process);
      return ['worker registered'];
    },
    'workers.declareLost': ({ answer }) => (answer === true ? ['worker declared lost'] : []),
    'workers.end': ({ answer }) => (answer === true ? ['worker ended'] : []),
    'schedulers.register': () => ['scheduler registered'],
    'ledger.insert': ({ args, answer }) => this.#occurrences(args[0] as readonly Occurrence[], answer as Keys),
    'ledger.insertGaps': ({ args }) => (args[0] as readonly Gap[]).map(({ reason }) => `gap ${reason}`),
    'ledger.withdraw': () => ['instants taken back'],
    'runs.insert': ({ args }) => this.#planned(args[0] as readonly NewRun[]),
    'runs.endWaiting': ({ args, answer }) =>
      (answer as readonly number[]).map((id) => {
        this.#end(id);
        return `waiting → ${(args[1] as { reason: string }).reason}`;
      }),
    'runs.requestCancel': () => ['cancel asked'],
    'dispatch.claim': ({ args, answer }) => this.#claim(args[0] as Holder, answer as readonly Claim[]),
    'dispatch.intend': ({ answer }) => this.#intend(answer as readonly Held[]),
    'dispatch.markRunning': () => ['starting → running'],
    'dispatch.release': ({ answer }) => (answer as readonly number[]).map(() => 'claimed → given back'),
    'dispatch.finish': ({ args, answer }) =>
      this.#finish(args[0] as readonly Finished[], new Set(answer as readonly number[])),
  };

  /** The world's own time at which an instant was decided, the last time if a clock that went back made it come again. */
  decidedAt(scheduleId: string, dueAt: number): number | null {
    return this.#decided.get(`${scheduleId}@${dueAt}`) ?? null;
  }

  #occurrences(rows: readonly Occurrence[], written: Keys): readonly string[] {
    const keys = new Set(written.map(({ scheduleId, dueAt }) => `${scheduleId}@${dueAt}`));
    for (const key of keys) this.#decided.set(key, this.#now());
    return rows
      .filter(({ scheduleId, dueAt }) => keys.has(`${scheduleId}@${dueAt}`))
      .map(({ reason }) => (reason === null ? 'instant → run' : `instant → skipped ${reason}`));
  }

  /** (P12) One pass makes at most so many runs of what a schedule missed. */
  #planned(runs: readonly NewRun[]): readonly string[] {
    const caughtUp = Map.groupBy(
      runs.filter(({ trigger }) => trigger === 'catch_up'),
      ({ scheduleId }) => scheduleId ?? 0,
    );
    for (const [scheduleId, own] of caughtUp)
      if (own.length > this.#catchUpMax(scheduleId))
        this.faults.push(`P12: schedule ${scheduleId} caught up ${own.length} runs at once`);
    return runs.map(({ trigger }) => `run by ${trigger}`);
  }

  /** (P6) Fences rise, and nothing that has ended is claimed again. A function's claim is its intent. */
  #claim({ workerId }: Holder, claims: readonly Claim[]): readonly string[] {
    const worker = this.#workers.get(workerId) ?? '?';
    for (const { runId, fence, onLost, direct } of claims) {
      const before = this.#claims.get(runId)?.fence ?? 0;
      if (fence <= before) this.faults.push(`P6: run ${runId} was claimed with fence ${fence} after ${before}`);
      if (this.#final.has(runId)) this.faults.push(`P6: run ${runId} was claimed after its end`);
      this.#claims.set(runId, { fence, worker, onLost, intendedAt: direct ? this.#now() : null });
    }
    return claims.map(({ direct }) => (direct ? 'queued → starting' : 'queued → claimed'));
  }

  #intend(held: readonly Held[]): readonly string[] {
    for (const { runId, fence } of held) {
      const claimed = this.#claims.get(runId);
      if (claimed?.fence === fence) claimed.intendedAt = this.#now();
      else this.faults.push(`P6: the intent of run ${runId} with the old fence ${fence} was taken`);
    }
    return held.map(() => 'claimed → starting');
  }

  /** (P6) Only the present fence ends a run, once. (P7) What was never intended is not lost. */
  #finish(done: readonly Finished[], ids: ReadonlySet<number>): readonly string[] {
    return done.map((each) => {
      const { runId, fence, outcome, state } = each;
      if (!ids.has(runId)) return `late ${outcome}`;
      const claimed = this.#claims.get(runId);
      if (claimed?.fence !== fence)
        this.faults.push(`P6: run ${runId} was ended by fence ${fence}, its holder has ${claimed?.fence}`);
      if (this.#ended.has(`${runId} ${fence}`)) this.faults.push(`P6: fence ${fence} of run ${runId} ended twice`);
      this.#ended.add(`${runId} ${fence}`);
      if (state !== null) this.#end(runId);
      if (outcome === 'lost') this.#lost(each, claimed);
      if (each.keepAttempt === true) return 'starting → given back';
      return state === null ? `${outcome} → again` : `ended ${state}`;
    });
  }

  #lost({ runId, fence, reason, attemptReason }: Finished, claimed: Claimed | undefined): void {
    const intendedAt = claimed?.intendedAt ?? null;
    if (intendedAt === null)
      this.faults.push(`P7: run ${runId} was lost with fence ${fence}, which never meant to start`);
    this.losses.push({
      runId,
      fence,
      intendedAt,
      worker: claimed?.worker ?? '?',
      onLost: claimed?.onLost ?? null,
      lostAt: this.#now(),
      reason: reason ?? attemptReason ?? null,
    });
  }

  #end(runId: number): void {
    if (this.#final.has(runId)) this.faults.push(`P6: run ${runId} ended twice`);
    this.#final.add(runId);
  }
}

type Keys = readonly { readonly scheduleId: number; readonly dueAt: number }[];
