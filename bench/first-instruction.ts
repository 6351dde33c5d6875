/** A script that writes down when its first instruction ran, and the same script started by hardly anything. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';

/** Bash knows the time itself: no second process stands between. Its own start is part of what is measured. */
export const stampScript = `printf '%s' "$EPOCHREALTIME" > "$BENCH_STAMP.new" && mv "$BENCH_STAMP.new" "$BENCH_STAMP"\n`;

/** Waits for the stamp, takes it away, and answers it in milliseconds since the epoch. */
export async function takeStamp(path: string): Promise<number> {
  for (let tries = 0; tries < 2000; tries += 1) {
    try {
      const text = readFileSync(path, 'utf8');
      rmSync(path);
      return Number(text.replace(',', '.')) * 1000;
    } catch {
      await rest(5);
    }
  }
  throw new Error('The script never ran.');
}

/** A shell that starts the script for each line it reads: a fork of something small, and an exec. */
export class SmallStarter {
  readonly #shell: ChildProcess;
  readonly #stamp: string;

  constructor(folder: string) {
    const script = join(folder, 'control.sh');
    writeFileSync(script, stampScript);
    this.#stamp = join(folder, 'control.stamp');
    this.#shell = spawn('/bin/sh', ['-c', `while read -r _; do bash '${script}'; done`], {
      env: { PATH: process.env['PATH'] ?? '', BENCH_STAMP: this.#stamp },
      stdio: ['pipe', 'ignore', 'inherit'],
    });
  }

  /** @returns the instant of the script's first instruction */
  async start(): Promise<number> {
    this.#shell.stdin?.write('go\n');
    return takeStamp(this.#stamp);
  }

  stop(): void {
    this.#shell.stdin?.end();
  }
}
