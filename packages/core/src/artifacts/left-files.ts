/** What lies in a folder that a job wrote to: nothing in it is believed. */
import { constants } from 'node:fs';
import { open, readdir, readlink, realpath, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { artifactName, shownName } from './artifact-name.ts';

/** A file that may be kept, or the name of something that may not, with why. */
export type LeftFile =
  | { readonly name: string; readonly path: string }
  | { readonly name: string; readonly problem: string };

const deepest = 16;
/** Names looked at: a job that leaves a million of them holds nobody up. */
const mostNames = 20_000;

/** Sorted by name, with their real paths. Links are not followed. */
export async function leftFiles(given: string): Promise<readonly LeftFile[]> {
  const folder = await realpath(given);
  const found: LeftFile[] = [];
  const open = [''];
  for (let at = 0; at < open.length && found.length < mostNames; at += 1) {
    const below = open[at] ?? '';
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const name = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory()) {
        if (name.split('/').length < deepest) open.push(name);
        else found.push({ name: shownName(name), problem: `It lies more than ${deepest} folders deep.` });
      } else found.push(lookAt(folder, name, entry.isFile()));
    }
  }
  return withoutTwins(found.toSorted((one, other) => (one.name < other.name ? -1 : 1))).slice(0, mostNames);
}

function lookAt(folder: string, path: string, isFile: boolean): LeftFile {
  if (!isFile) return { name: shownName(path), problem: 'It is a link, a pipe or a device, no file of its own.' };
  const named = artifactName(path);
  if ('problem' in named) return { name: shownName(path), problem: named.problem };
  return { name: named.name, path: join(folder, path) };
}

/** Two spellings of one name are one name. */
function withoutTwins(files: readonly LeftFile[]): readonly LeftFile[] {
  return files.map((file, at) =>
    'path' in file && files[at - 1]?.name === file.name
      ? { name: file.name, problem: 'Another file has the same name in another spelling.' }
      : file,
  );
}

/** Opened without following a link, not even one that a folder was exchanged for meanwhile, and without waiting for a pipe; or why it may not be read. */
export async function openLeft(path: string): Promise<{ readonly file: FileHandle; readonly bytes: number } | string> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  let file: FileHandle;
  try {
    file = await open(path, flags);
  } catch (error) {
    return `It cannot be opened (${(error as NodeJS.ErrnoException).code}).`;
  }
  const facts = await file.stat();
  const lies = process.platform === 'linux' ? await readlink(`/proc/self/fd/${file.fd}`) : path;
  if (lies !== path) {
    await file.close();
    return 'A folder on the way to it was exchanged for a link.';
  }
  if (facts.isFile() && facts.nlink === 1) return { file, bytes: facts.size };
  await file.close();
  return facts.isFile() ? 'It has another name elsewhere (a hard link).' : 'It is no plain file.';
}
