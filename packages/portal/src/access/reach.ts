/** Whether a caller sees what a request names, and may do to it what the request asks for. */
import type { Level, Reach, Subject } from 'job-trigger-contract';
import { JobTriggerError, lesserLevel, suffices, type Id, type JobLevel, type Store } from 'job-trigger-core';
import { referenceOf } from '../references.ts';
import type { Caller } from '../route.ts';
import type { Eyes } from './eyes.ts';

type Asking = Pick<Caller, 'personId' | 'role'>;

/** What each of the jobs is to the caller; those they do not see are absent. */
export async function levelsOf(
  store: Store,
  { personId, role }: Asking,
  jobIds: readonly Id[],
): Promise<ReadonlyMap<Id, JobLevel>> {
  if (role === 'admin') return new Map(jobIds.map((id) => [id, 'own']));
  const found = await store.sharing.levels(jobIds, personId ?? -1);
  return new Map([...found].map(([id, level]) => [id, lesserLevel(role, level)]));
}

const words: Readonly<Record<Level, string>> = {
  view: 'to see',
  run: 'to run',
  edit: 'to edit',
  own: 'to share',
};

export function levelMissing(needed: Level, held: JobLevel): JobTriggerError {
  return new JobTriggerError(
    'forbidden',
    `This needs the right ${words[needed]} the job; yours is ${words[held]} it. Its owner or an administrator can change that.`,
    { needed_level: needed, your_level: held },
  );
}

const missing = (what: string): JobTriggerError => new JobTriggerError('not_found', `There is no such ${what}.`);

const mostOfItem = 500;

async function jobsOfItem(eyes: Eyes, id: Id, caller: Asking): Promise<readonly Id[]> {
  const item = await eyes.of(caller).store.attention.get(id);
  if (item === null || item.spell === 0) throw missing('item');
  const touched = await eyes.all.store.attention.jobs(id, mostOfItem);
  return [...new Set([...touched.map((job) => job.id), ...(item.job === null ? [] : [item.job.id])])];
}

type JobsOf = (eyes: Eyes, id: string, caller: Asking) => Promise<readonly Id[]>;

/** The jobs that a subject is about; none for what is about no job. Each throws `not_found` for one the caller does not see. */
const jobsOf: Readonly<Record<Subject['of'], JobsOf>> = {
  job: (_, id) => Promise.resolve([referenceOf(id, 'job').id]),
  async run(eyes, id, caller) {
    const run = await eyes.of(caller).store.runs.get(referenceOf(id, 'run'));
    if (run === null) throw missing('run');
    return [run.jobId];
  },
  async alert(eyes, id, caller) {
    const alert = await eyes.of(caller).store.alerts.get(referenceOf(id, 'alert').id);
    if (alert === null) throw missing('alert');
    return alert.jobId === null ? [] : [alert.jobId];
  },
  attention: (eyes, id, caller) => jobsOfItem(eyes, referenceOf(id, 'item').id, caller),
  async monitor(eyes, id, caller) {
    if ((await eyes.of(caller).store.monitors.get(referenceOf(id, 'monitor').id)) === null) throw missing('monitor');
    return [];
  },
  async secret(eyes, id, caller) {
    const secret = await eyes.of(caller).store.secrets.get(referenceOf(id, 'secret').id);
    if (secret === null) throw missing('secret');
    return secret.scope === 'job' && secret.ownerId !== null ? [secret.ownerId] : [];
  },
};

/** @param jobs those that what is asked for is about @throws as {@link checkReach} */
function checkLevels({ of, needs }: Subject, jobs: readonly Id[], levels: ReadonlyMap<Id, JobLevel>): void {
  if (levels.size === 0) throw missing(of === 'attention' ? 'item' : of);
  if (needs === 'view') return;
  if (levels.size < jobs.length)
    throw new JobTriggerError('forbidden', 'This also touches jobs that you do not see; an administrator can do it.');
  for (const held of levels.values()) if (!suffices(held, needs)) throw levelMissing(needs, held);
}

/** @throws `not_found` for what the caller does not see, `forbidden` for what they may not do */
export async function checkReach(
  eyes: Eyes,
  reach: Reach,
  { caller, params }: { readonly caller: Caller | null; readonly params: unknown },
): Promise<void> {
  if (typeof reach === 'string' || caller === null || caller.role === 'admin') return;
  const { id } = params as { readonly id: string };
  const jobs = await jobsOf[reach.of](eyes, id, caller);
  if (jobs.length > 0) checkLevels(reach, jobs, await levelsOf(eyes.of(caller).store, caller, jobs));
}
