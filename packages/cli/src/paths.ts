import { resolve } from 'node:path';
import type { Terminal } from './terminal.ts';

/** A path as the person meant it: relative to where they stand. */
export function resolveFrom(terminal: Terminal, path: string): string {
  return resolve(terminal.cwd, path);
}
