/** A disk of its own for the data folder, small enough to be filled: in memory, on Linux, for whoever may mount. */
import { spawnSync } from 'node:child_process';
import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface SmallDisk {
  /** Takes every byte that is left. */
  fill(): void;
  free(): void;
  unmount(): void;
}

const size = '256m';
const pieces = [1 << 20, 1 << 12] as const;

/** Null where this is not possible; then the folder stays what it is. */
export function mountSmallDisk(folder: string): SmallDisk | null {
  if (process.platform !== 'linux') return null;
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'tmpfs', folder]);
  if (mounted.status !== 0) return null;
  const filler = join(folder, 'filler');
  return {
    fill() {
      const file = openSync(filler, 'w');
      for (const piece of pieces) writeUntilFull(file, Buffer.alloc(piece));
      closeSync(file);
    },
    free() {
      rmSync(filler, { force: true });
    },
    unmount() {
      // Somebody may still have a file open there: then it goes with its last user.
      if (spawnSync('umount', [folder]).status !== 0) spawnSync('umount', ['-l', folder]);
    },
  };
}

function writeUntilFull(file: number, piece: Uint8Array): void {
  try {
    while (writeSync(file, piece) === piece.length);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}
