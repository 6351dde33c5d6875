/** Gate 1 where approval is required: which jobs may not run what their files hold now. */
import type { Id } from '../model/id.ts';
import type { Job } from '../model/job.ts';
import { scriptsOf } from '../model/script-approval.ts';
import type { Tables } from '../store/store.ts';

/** Tells what a file holds now, by its SHA-256; null for one that is missing or refused: the worker says why. */
export interface ScriptSeer {
  /** How many people approve what a script holds before it runs. */
  readonly approvals: number;
  see(path: string): { readonly hash: string | null };
}

type Looked = Pick<Job, 'id' | 'definition'>;

/** What the files of these jobs hold, read before a transaction that asks {@link unapprovedOf}. */
export function scriptsSeen(jobs: readonly Looked[], look: ScriptSeer): ScriptSeer {
  const paths = new Set(jobs.flatMap(({ definition }) => scriptsOf(definition)));
  const seen = new Map([...paths].map((path) => [path, look.see(path)]));
  return { approvals: look.approvals, see: (path) => seen.get(path) ?? look.see(path) };
}

/** By job, the file that is not approved. One statement for all of them; none when no file is named. */
export async function unapprovedOf(
  { scripts }: Pick<Tables, 'scripts'>,
  jobs: readonly Looked[],
  look: ScriptSeer,
): Promise<ReadonlyMap<Id, string>> {
  const held = jobs.flatMap(({ id, definition }) =>
    scriptsOf(definition).flatMap((path) => {
      const { hash } = look.see(path);
      return hash === null ? [] : [{ id, path, hash }];
    }),
  );
  if (held.length === 0) return new Map();
  const keyOf = ({ path, hash }: { readonly path: string; readonly hash: string }): string => `${hash} ${path}`;
  const approved = new Set((await scripts.approved(held, look.approvals)).map(keyOf));
  return new Map(held.filter((each) => !approved.has(keyOf(each))).map(({ id, path }) => [id, path]));
}
