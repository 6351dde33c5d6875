/**
 * After a change of the database's line of history: what this worker knows and the database does not is written again, so
 * that nothing that was started is started anew in silence (`CONTRACT.md` C16). What cannot be is told, with its ids.
 */
import { draftVersion } from '../model/job.ts';
import { toUuid } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { EngineSettings } from '../model/settings.ts';
import { recoveryStep, unreconciledReasons, type UnreconciledReason } from '../policy/lineage.ts';
import type { JournalEntry } from '../spawner/journal.ts';
import type { Holder, Lease } from '../store/dispatch-table.ts';
import type { NewEvent } from '../store/event-table.ts';
import type { Standing } from '../store/recovery-table.ts';
import type { Store, Tables } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { gatherEvidence, type Evidence, type Sources } from './evidence.ts';
import { finishCounted } from './finish-counted.ts';
import { restoredRun, restoreOccurrence } from './restored-run.ts';
import { settleLeases } from './settle.ts';

export interface RecoveryOptions {
  readonly store: Store;
  readonly system: System;
  readonly settings: Pick<EngineSettings, 'maxLost' | 'retention' | 'breaker'>;
  readonly name: () => string;
  readonly holder: () => Holder;
  readonly sources: () => Sources;
}

/** Attempts looked up at once. */
const batch = 400;
/** Steps from a run that is not there at all to its result, and one to see that it is known. */
const mostSteps = 6;
const dayMs = 86_400_000;

type Outcome = 'known' | 'written' | 'wait' | 'told';

export class Recovery {
  readonly #options: RecoveryOptions;
  /** Told once a process. */
  readonly #told = new Set<string>();

  constructor(options: RecoveryOptions) {
    this.#options = options;
  }

  /**
   * One look at everything that this worker knows.
   *
   * @param mayWait others may still write what stands in the way
   * @returns whether the database knows all of it by now, or has been told what it cannot know
   */
  async compare({ mayWait }: { readonly mayWait: boolean }): Promise<boolean> {
    const { store, system, settings, name } = this.#options;
    const sources = this.#options.sources();
    const kept = (await store.now()) - settings.retention.runDays * dayMs;
    const evidence = gatherEvidence(sources).filter((each) => counts(each, kept));
    const outcomes: Outcome[] = [];
    for (let at = 0; at < evidence.length; at += batch) {
      for (const each of await store.recovery.unrecorded(evidence.slice(at, at + batch)))
        outcomes.push(await this.#recover(each, sources.journal, mayWait));
    }
    const written = outcomes.filter((outcome) => outcome === 'written').length;
    if (written > 0) {
      system.log.warn('written again after the change of the database', { worker: name(), attempts: written });
      store.bell.ring('change');
    }
    return !outcomes.some((outcome) => outcome === 'written' || outcome === 'wait');
  }

  async #recover(evidence: Evidence, journal: readonly JournalEntry[], mayWait: boolean): Promise<Outcome> {
    const { store, name } = this.#options;
    let written = false;
    for (let steps = 0; steps < mostSteps; steps += 1) {
      const done = await store.transaction((tables) => this.#step(tables, evidence, journal, mayWait));
      if (done === 'written') {
        written = true;
        continue;
      }
      if (done === 'known' && written) await store.events.append([recovered(evidence, name())]);
      return done === 'known' && written ? 'written' : done;
    }
    return 'wait';
  }

  async #step(
    tables: Tables,
    evidence: Evidence,
    journal: readonly JournalEntry[],
    mayWait: boolean,
  ): Promise<Outcome> {
    const { holder } = this.#options;
    const stands = await tables.recovery.stands(evidence);
    const next = recoveryStep({ ...evidence, ...stands, hasOrigin: evidence.origin !== null, mayWait });
    switch (next.kind) {
      case 'known':
      case 'wait':
        return next.kind;
      case 'restore':
        return this.#restore(tables, evidence);
      case 'retake': {
        const taken = await tables.recovery.retake(holder(), { ...evidence, startedAt: evidence.at });
        if (taken) return 'written';
        return mayWait ? 'wait' : this.#tell(tables, evidence, 'in_the_way');
      }
      case 'confirm':
        await tables.dispatch.intend(holder().incarnation, [evidence]);
        return 'written';
      case 'finish':
        await this.#finish(tables, evidence, stands, journal);
        return 'written';
      case 'tell':
        return this.#tell(tables, evidence, next.why);
    }
  }

  /** The record, its occurrence and its place in the queue. */
  async #restore(tables: Tables, evidence: Evidence): Promise<Outcome> {
    const run = await restoredRun(tables, evidence);
    if (run === null) return this.#tell(tables, evidence, 'record_gone');
    if (!(await restoreOccurrence(tables, run))) return this.#tell(tables, evidence, 'planned_again');
    await tables.runs.insert([run]);
    return 'written';
  }

  async #finish(
    tables: Tables,
    { finished, at }: Evidence,
    { lease }: Standing,
    journal: readonly JournalEntry[],
  ): Promise<void> {
    const { workerId } = this.#options.holder();
    const { maxLost, breaker } = this.#options.settings;
    if (finished !== null) {
      await finishCounted(tables, { workerId, breaker }, [finished]);
      return;
    }
    const leases: readonly Lease[] = lease === null ? [] : [{ ...lease, startedAt: lease.startedAt ?? at }];
    await settleLeases(tables, { workerId }, leases, {
      cause: 'worker_died',
      maxLost,
      now: await tables.now(),
      journal,
      breaker,
    });
  }

  async #tell(tables: Tables, evidence: Evidence, why: UnreconciledReason): Promise<Outcome> {
    const key = `${evidence.runId} ${evidence.fence} ${why}`;
    if (this.#told.has(key)) return 'told';
    this.#told.add(key);
    this.#options.system.log.error('an attempt cannot be written again', { ...namesOf(evidence), why });
    await tables.events.append([unreconciled(evidence, this.#options.name(), why)]);
    return 'told';
  }
}

/** A draft is taken away with its run when somebody has seen it; so is what retention no longer keeps. */
function counts({ origin, createdAt }: Evidence, kept: Instant): boolean {
  return createdAt > kept && origin?.jobVersion !== draftVersion;
}

const namesOf = (evidence: Evidence) => ({
  run: toUuid(evidence),
  attempt: evidence.attempt,
  fence: evidence.fence,
});

function about(evidence: Evidence): Pick<NewEvent, 'runId' | 'runCreatedAt' | 'jobId'> {
  return { runId: evidence.id, runCreatedAt: evidence.createdAt, jobId: evidence.origin?.jobId ?? null };
}

function recovered(evidence: Evidence, worker: string): NewEvent {
  const text = `Attempt ${evidence.attempt} of run ${toUuid(evidence)} was gone from the database; worker ${worker} wrote it again.`;
  return { kind: 'run.recovered', ...about(evidence), data: { ...namesOf(evidence), worker, text } };
}

function unreconciled(evidence: Evidence, worker: string, why: UnreconciledReason): NewEvent {
  const text =
    `Worker ${worker} started attempt ${evidence.attempt} of run ${toUuid(evidence)} (fence ${evidence.fence}), and the ` +
    `database does not know it: ${unreconciledReasons[why]}.`;
  return { kind: 'run.unreconciled', ...about(evidence), data: { ...namesOf(evidence), worker, why, text } };
}
