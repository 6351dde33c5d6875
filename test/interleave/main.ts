/**
 * Lets transactions on a PostgreSQL of its own meet in every order of their statements.
 *
 *     npm run interleave -- [--most 3000] [--samples 2000] [--seed 1]
 *
 * Two and three at a time: every order, up to `--most` a play and by chance beyond; four at a time: `--samples` by chance.
 * Ends with 1 when an order broke an invariant.
 */
import { parseArgs } from 'node:util';
import { freshPostgres } from '../setup/databases.ts';
import { startPostgres } from '../setup/postgres.ts';
import { fours, pairs, threes, type NamedPlay } from './plays.ts';
import { InterleavingStage, type Explored } from './stage.ts';

const { values } = parseArgs({
  options: {
    most: { type: 'string', default: '3000' },
    samples: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
  },
});
const [most, samples, seed] = [Number(values.most), Number(values.samples), Number(values.seed)];

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const server = await startPostgres();
const fresh = await freshPostgres(server.url);
const stage = await InterleavingStage.open(fresh.url);
const sum = { orders: 0, steps: 0, blocked: 0, deadlocks: 0, violations: 0 };

function tell({ name }: NamedPlay, explored: Explored): void {
  const { orders, steps, blocked, deadlocks, complete, violations } = explored;
  say(
    `${name}: ${orders} orders${complete ? ', all' : ''}, ${steps} steps, ${blocked} waits, ${deadlocks} deadlocks, ${violations.length} violations`,
  );
  for (const violation of violations.slice(0, 5)) say(`  ${violation}`);
  sum.orders += orders;
  sum.steps += steps;
  sum.blocked += blocked;
  sum.deadlocks += deadlocks;
  sum.violations += violations.length;
}

const began = performance.now();
try {
  for (const play of [...pairs, ...threes]) {
    const explored = await stage.explore(play, { most });
    tell(play, explored);
    // The first orders of a tree are alike: what was left out is looked at by chance.
    if (!explored.complete) tell(play, await stage.explore(play, { most: Math.ceil(most / 4), seed }));
  }
  for (const [index, play] of fours.entries())
    tell(play, await stage.explore(play, { most: Math.ceil(samples / fours.length), seed: seed + index }));
} finally {
  await stage.close();
  await fresh.drop();
  await server.stop();
}
const seconds = ((performance.now() - began) / 1000).toFixed(1);
say(
  `${sum.orders} orders in ${seconds} s: ${sum.steps} steps, ${sum.blocked} waits for a lock, ` +
    `${sum.deadlocks} deadlocks, ${sum.violations} violations`,
);
process.exitCode = sum.violations === 0 ? 0 : 1;
