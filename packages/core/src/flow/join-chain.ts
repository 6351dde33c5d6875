/** Whether a run that somebody asked for is only itself, begins a chain, or goes on with one. */
import type { Id, Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Tables } from '../store/store.ts';

interface Joining {
  readonly jobId: Id;
  readonly run: Reference;
  /** The run that it repeats. */
  readonly cause: Reference | null;
  /** It was asked for with downstream. */
  readonly begins: boolean;
  readonly now: Instant;
}

/** Inside the transaction that makes the run, with its job and all that follows locked. */
export async function joinChain(tables: Tables, { jobId, run, cause, begins, now }: Joining): Promise<void> {
  if (cause !== null && (await goesOn(tables, { jobId, run, cause }))) return;
  if (!begins) return;
  await tables.chains.insert([{ chain: run, jobId, run, notStarted: null, servedBy: [], decidedAt: now }]);
}

/** @returns false when the repeated run succeeded, stands in no chain, or has been repeated before */
async function goesOn(
  { chains, dependencies }: Tables,
  { jobId, run, cause }: Pick<Joining, 'jobId' | 'run'> & { readonly cause: Reference },
): Promise<boolean> {
  const [ended] = await chains.ended([cause.id]);
  if (ended === undefined || ended.state === 'succeeded') return false;
  const [member] = await chains.ofRuns([cause.id]);
  if (member === undefined) return false;
  await chains.replaceRun(member.chain.id, jobId, run);
  await chains.reopen(member.chain.id, await dependencies.followers([jobId]));
  return true;
}
