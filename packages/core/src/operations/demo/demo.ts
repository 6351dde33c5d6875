/** A believable installation to look at, and its removal. Everything in it is marked, and nothing else is touched. */
import { createHash } from 'node:crypto';
import { readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { JobTriggerError } from '../../errors.ts';
import { allowList } from '../../handlers/address.ts';
import { checkHttpConfig } from '../../handlers/http-rules.ts';
import type { Id } from '../../model/id.ts';
import { formatInstant, type Instant, type Millis } from '../../model/instant.ts';
import { hasBuiltInType, type Job } from '../../model/job.ts';
import { writeLogFile } from '../../spawner/log-file.ts';
import { logPath } from '../../spawner/log-path.ts';
import { removeRunFolder } from '../../spawner/run-folder.ts';
import type { JobFilter, JobSummary } from '../../store/job-tables.ts';
import { pause } from '../../system/pause.ts';
import type { Actor, OperationContext } from '../context.ts';
import { audited, namedSubject, note, noteNothing } from '../audited.ts';
import type { JobOperations } from '../jobs.ts';
import { company } from './company.ts';
import { fillingOf, writeFilling } from './fill.ts';

/** A file that the demo brought into the scripts folder. */
export interface DemoFile {
  /** Inside the scripts folder, with forward slashes. */
  readonly path: string;
  readonly sha256: string;
}

/** What there is to remove. */
export interface DemoStatus {
  /** Null when no demo is there. */
  readonly filledAt: Instant | null;
  /** Deleted ones too. */
  readonly jobs: number;
  readonly runs: number;
  readonly files: readonly string[];
}

export interface DemoRemoved {
  readonly jobs: number;
  readonly runs: number;
  readonly filesRemoved: readonly string[];
  /** Changed since, or in use by a job that is no demo job. */
  readonly filesKept: readonly string[];
}

export interface DemoOperations {
  status(): Promise<DemoStatus>;
  /**
   * Writes twenty jobs and thirty days of history in one transaction, unless a demo is there.
   * @param files what was put into the scripts folder for it; @param portalUrl a page of this portal, null for none
   * @returns false when a demo was there already, which stays as it is
   */
  fill(
    facts: { readonly files: readonly DemoFile[]; readonly portalUrl: string | null },
    actor: Actor,
  ): Promise<boolean>;
  /** Ends what runs, then removes everything in batches. Repeated after a crash it goes on where it stopped. */
  remove(actor: Actor): Promise<DemoRemoved>;
}

interface Noted {
  readonly filledAt: Instant;
  readonly files: readonly DemoFile[];
}

const key = 'demo';
const batch = 500;
const betweenMs: Millis = 10;
/** A run that was asked to end has its grace; one that is still there then loses its lease and is ended by its worker. */
const longestWaitMs: Millis = 15_000;
const lookEveryMs: Millis = 100;

export function demoOperations(context: OperationContext, jobs: Pick<JobOperations, 'remove'>): DemoOperations {
  const { store, system, dataDir } = context;
  const noted = async (): Promise<Noted | null> => (await store.settings.get(key)) as Noted | null;

  async function summaries(): Promise<readonly JobSummary[]> {
    return [...(await everyJob({ demo: true })), ...(await everyJob({ demo: true, deleted: true }))];
  }

  async function everyJob(filter: JobFilter): Promise<JobSummary[]> {
    const found: JobSummary[] = [];
    for (let after: string | null | undefined; after !== null;) {
      const page = await store.jobs.list(filter, 'created_at', false, { limit: 500, after: after ?? null });
      found.push(...page.items);
      after = page.next;
    }
    return found;
  }

  /** Nothing of these jobs waits or lives any more, or the time for it is over. */
  async function quieten(ids: readonly Id[], by: string): Promise<void> {
    const wish = { reason: 'job_deleted', by };
    const until = system.clock.mono() + longestWaitMs;
    for (;;) {
      const live = await store.runs.live(ids);
      if (live.length === 0) return;
      const waiting = live.filter(({ state }) => state === 'queued').map(({ id }) => id);
      await store.runs.endWaiting(waiting, { state: 'cancelled', ...wish });
      for (const run of live) if (run.state !== 'queued') await store.runs.requestCancel(run, wish);
      store.bell.ring('cancel');
      if (system.clock.mono() > until) return;
      await pause(lookEveryMs);
    }
  }

  /** Events, output, runs and ledger of one job in small transactions, and the job itself at last. */
  async function forget(job: Job): Promise<number> {
    let runs = 0;
    for (;;) {
      const { items } = await store.runs.list({ jobId: job.id }, { limit: batch });
      if (items.length === 0) break;
      // Files first: after a crash in between, the rows still lead to what is left.
      for (const run of items) await removeRunFolder(dataDir, run);
      await store.runs.remove(items);
      runs += items.length;
      await pause(betweenMs);
    }
    while ((await store.ledger.removeOfJob(job.id, batch)) > 0) await pause(betweenMs);
    while ((await store.events.removeOfJob(job.id, batch)) > 0) await pause(betweenMs);
    await store.jobs.purge(job.id);
    return runs;
  }

  return {
    async status() {
      const found = await summaries();
      const known = await noted();
      return {
        filledAt: known?.filledAt ?? null,
        jobs: found.length,
        runs: found.reduce((sum, { runCount }) => sum + runCount, 0),
        files: (known?.files ?? []).map(({ path }) => path),
      };
    },

    async fill({ files, portalUrl }, actor) {
      if ((await noted()) !== null) return false;
      await store.maintain();
      const now = await store.now();
      const demos = company({ now, portalUrl: mayCall(context, portalUrl) ? portalUrl : null });
      const taken = new Set<string>();
      for (const { job } of demos) if ((await store.jobs.byName(job.name, null)) !== null) taken.add(job.name);
      const filling = await fillingOf(context, demos, { now, taken });
      const [mark = 0] = await store.ids(1);
      const written = await audited(store, async (tables) => {
        // Of two that fill at the same time, the one whose mark stands there writes.
        const mine = { filledAt: now, files, mark };
        const stands = (await tables.settings.setOnce(key, mine)) as { readonly mark?: number };
        if (stands.mark !== mark) {
          noteNothing(tables);
          return false;
        }
        await writeFilling(tables, filling);
        const data = { jobs: filling.jobs.length, runs: filling.runs.length };
        await tables.events.append([{ kind: 'demo.filled', actor: actor.name, data }]);
        await note(tables, actor, { action: 'demo.filled', subject: namedSubject('installation', null), after: data });
        return true;
      });
      if (!written) return false;
      for (const { run, attempt, lines } of filling.outputs) writeLogFile(logPath(dataDir, run, attempt), lines);
      store.bell.ring('plan');
      store.bell.ring('change');
      return true;
    },

    async remove(actor) {
      const found = await summaries();
      const known = await noted();
      for (const { job } of found)
        if (job.deletedAt === null) await jobs.remove(job.id, actor, { cancelRunning: true });
      await quieten(
        found.map(({ job }) => job.id),
        actor.name,
      );
      let runs = 0;
      for (const { job } of found) runs += await forget(job);
      const { filesRemoved, filesKept } = await removeFiles(context, known?.files ?? [], () => everyJob({}));
      if (known !== null || found.length > 0) {
        await audited(store, async (tables) => {
          await tables.settings.remove(key);
          const data = { jobs: found.length, runs, files_kept: filesKept };
          await tables.events.append([{ kind: 'demo.removed', actor: actor.name, data }]);
          const subject = namedSubject('installation', null);
          await note(tables, actor, { action: 'demo.removed', subject, after: data });
        });
        system.log.info('demo removed', { jobs: found.length, runs, filled: filledText(known) });
      }
      store.bell.ring('change');
      return { jobs: found.length, runs, filesRemoved, filesKept };
    },
  };
}

function filledText(known: Noted | null): string | null {
  return known === null ? null : formatInstant(known.filledAt);
}

/** Whether the rules for outgoing addresses let a job call it. */
function mayCall({ outgoingAllow }: OperationContext, url: string | null): url is string {
  if (url === null) return false;
  try {
    const config = { method: 'GET', url, headers: {}, body: null, expectedStatus: null };
    checkHttpConfig(config, allowList(outgoingAllow));
    return true;
  } catch (error) {
    if (error instanceof JobTriggerError) return false;
    throw error;
  }
}

/** Removes files that are still what the demo brought, and that no other job names. */
async function removeFiles(
  { scriptsDir }: OperationContext,
  files: readonly DemoFile[],
  others: () => Promise<readonly JobSummary[]>,
): Promise<Pick<DemoRemoved, 'filesRemoved' | 'filesKept'>> {
  const filesRemoved: string[] = [];
  const filesKept: string[] = [];
  if (files.length === 0) return { filesRemoved, filesKept };
  const used = new Set(
    (await others()).flatMap(({ job: { definition } }) =>
      hasBuiltInType(definition) && definition.type === 'script' ? [definition.config.script] : [],
    ),
  );
  for (const { path, sha256 } of files) {
    const file = join(scriptsDir, ...path.split('/'));
    const found = sha256Of(file);
    if (found === null) continue;
    if (found !== sha256 || used.has(path)) filesKept.push(path);
    else {
      rmSync(file);
      filesRemoved.push(path);
    }
  }
  for (const folder of new Set(files.map(({ path }) => dirname(path))))
    if (folder !== '.') removeIfEmpty(join(scriptsDir, folder));
  return { filesRemoved, filesKept };
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something else lies in it, or it is gone.
  }
}

function sha256Of(file: string): string | null {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return null;
  }
}
