/**
 * A script is exchanged all the time, by renaming another over it and by writing into it, while it is started again and
 * again: what runs is what was approved, or nothing. `npm run proof:approval` does it a thousand times.
 */
import { createHash } from 'node:crypto';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Workshop } from './test-attempt.ts';

const tries = Number(process.env['JTP_SWAPS'] ?? 40);

const workshop = new Workshop();
afterAll(() => workshop.close());

/** Two scripts of the same length; only the first is approved. Long enough that a write in place takes its time. */
const padding = `# ${'x'.repeat(78)}\n`.repeat(400);
const approved = `${padding}echo approved\n`;
const other = `${padding}echo exchange\n`;

/** In a process of its own: exchanges the file as fast as it can, until it is told to end. */
const swapper = `
import { renameSync, writeFileSync, openSync, writeSync, closeSync, symlinkSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
const [folder, one, other] = process.argv.slice(2);
const file = join(folder, 'swapped.sh');
const texts = [one, other];
let nth = 0;
let ended = false;
process.on('message', () => { ended = true; });
process.send('ready');
function swap() {
  for (let each = 0; each < 20; each += 1) {
    const text = texts[(nth += 1) % 2];
    const how = nth % 5;
    if (how < 2) {
      writeFileSync(join(folder, 'next.sh'), text, { mode: 0o755 });
      renameSync(join(folder, 'next.sh'), file);
    } else if (how < 4) {
      const descriptor = openSync(file, 'r+');
      writeSync(descriptor, text, 0);
      closeSync(descriptor);
    } else {
      writeFileSync(join(folder, 'aside.sh'), text, { mode: 0o755 });
      symlinkSync('aside.sh', join(folder, 'link.sh'));
      renameSync(join(folder, 'link.sh'), file);
      unlinkSync(file);
      writeFileSync(file, text, { mode: 0o755 });
    }
  }
  if (ended) process.exit(0);
  setImmediate(swap);
}
swap();
`;

test(
  `of ${tries} starts while the file is exchanged, none runs other bytes than the approved (SEC-B6, SEC-D4, P13, F49)`,
  { timeout: 60_000 + tries * 500 },
  async () => {
    expect(other).toHaveLength(approved.length);
    const hash = createHash('sha256').update(approved).digest('hex');
    const approvals = { isApproved: (_: string, asked: string) => Promise.resolve(asked === hash) };
    workshop.script('swapped.sh', approved, 0o755);
    const program = join(workshop.folder, 'swapper.mjs');
    writeFileSync(program, swapper);
    const child = fork(program, [workshop.scriptsDir, approved, other], { stdio: 'ignore' });
    await once(child, 'message');
    const ends = new Map<string, number>();
    const seen = new Set<string>();
    for (let started = 0; started < tries;) {
      const { outcome, log } = await workshop.attempt(
        { type: 'script', config: { script: 'swapped.sh', args: [], env: {}, workingDir: null } },
        { ports: { approvals } },
      );
      const end = outcome.outcome === 'succeeded' ? `ran ${outcome.measured?.scriptHash}` : (outcome.reason ?? 'none');
      ends.set(end, (ends.get(end) ?? 0) + 1);
      if (outcome.outcome === 'succeeded') seen.add(log);
      if (outcome.outcome === 'succeeded') started += 1;
    }
    child.send('end');
    await once(child, 'exit');
    if (process.env['JTP_SWAPS'] !== undefined) console.log('Ends:', Object.fromEntries(ends));
    const refusals = ['not_approved', 'script_missing', 'script_outside_folder'];
    expect([...ends.keys()].filter((end) => end !== `ran ${hash}` && !refusals.includes(end))).toEqual([]);
    expect([...seen]).toEqual(['stdout: approved']);
    expect(ends.get('not_approved') ?? 0).toBeGreaterThan(tries / 10);
  },
);
