import { statfsSync } from 'node:fs';

/** Free and total bytes of the volume that a folder lies on: a port for tests. */
export interface Volume {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export function volumeOf(folder: string): Volume {
  const { bavail, blocks, bsize } = statfsSync(folder);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}
