/** Writes down what a look at a script found, with the event that tells it. */
import type { Store } from '../store/store.ts';

/** The scripts folder, as it can be looked at. */
export interface ScriptFolder {
  /** How many people approve what a script holds before it runs. */
  readonly approvals: number;
  /** Without reading again what has not changed. */
  see(path: string): { readonly hash: string | null; readonly problem: string | null };
  /** Reads it. */
  read(path: string): {
    readonly seen: { readonly hash: string | null; readonly problem: string | null };
    /** Null when it is missing or refused. */
    readonly bytes: Buffer | null;
  };
}

/** @returns whether it holds something else than was known */
export async function seeScript(store: Store, folder: ScriptFolder, path: string): Promise<boolean> {
  const { seen, bytes } = folder.read(path);
  const { hash, problem } = seen;
  const found = hash === null || bytes === null ? null : { hash, content: bytes };
  const [id = 0] = await store.ids(1);
  return store.transaction(async (tables) => {
    if (!(await tables.scripts.see({ id, path, found, problem }))) return false;
    const held = found === null ? [] : [{ path, hash: found.hash }];
    const isApproved = (await tables.scripts.approved(held, folder.approvals)).length > 0;
    const data = { name: path, path, sha256: hash, approved: isApproved, problem };
    await tables.events.append([{ kind: 'script.changed', data }]);
    return true;
  });
}
