import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { freshDir } from './databases.ts';

export interface SmallDisk {
  readonly path: string;
  remove(): void;
}

/** A file system in memory of so many megabytes; null where this user may not mount one. */
export function smallDisk(megabytes: number): SmallDisk | null {
  const folder = freshDir('jtp-disk');
  const path = `${folder.path}/disk`;
  mkdirSync(path);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    folder.remove();
    return null;
  }
  return {
    path,
    remove() {
      execFileSync('umount', ['--lazy', path], { stdio: 'ignore' });
      folder.remove();
    },
  };
}
