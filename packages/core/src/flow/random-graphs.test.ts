/** A thousand graphs of jobs against a model of their rules that is written without knowing how they are kept. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { dependencyModes, type DependencyMode } from '../model/dependency.ts';
import type { Job } from '../model/job.ts';
import type { FinalState } from '../model/run.ts';
import type { NewRun } from '../store/run-table.ts';
import { seededRandom } from '../testing/index.ts';
import { ended, FlowBed } from './test-flow.ts';

const graphs = 1000;
const finals: readonly FinalState[] = [
  'succeeded',
  'succeeded',
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'lost',
];

interface Node {
  readonly waitsFor: readonly number[];
  readonly mode: DependencyMode;
  /** How its run ends if it has one. */
  readonly end: FinalState;
}

type Fate = FinalState | 'not started' | 'undecided';

const random = seededRandom(20_261_126);
const below = (bound: number): number => Math.floor(random.next() * bound);

/** Node 0 begins the chain. Each later one waits for up to three before it; some of those the chain does not come to. */
function draw(): readonly Node[] {
  return Array.from({ length: 3 + below(7) }, (_, at): Node => {
    const isOutside = at > 1 && below(10) === 0;
    const count = at === 0 || isOutside ? 0 : 1 + below(Math.min(3, at));
    const waitsFor = new Set<number>();
    while (waitsFor.size < count) waitsFor.add(below(at));
    return {
      waitsFor: [...waitsFor],
      mode: dependencyModes[below(dependencyModes.length)] ?? 'all_success',
      end: finals[below(finals.length)] ?? 'succeeded',
    };
  });
}

/** The fate of every node, by asking all of them again and again until nothing changes. */
function fatesOf(nodes: readonly Node[]): readonly Fate[] {
  const isReached = nodes.map(() => false);
  isReached[0] = true;
  for (let pass = 0; pass < nodes.length; pass += 1)
    nodes.forEach(({ waitsFor }, at) => {
      if (waitsFor.some((each) => isReached[each])) isReached[at] = true;
    });
  const fates: Fate[] = nodes.map(() => 'undecided');
  fates[0] = nodes[0]?.end ?? 'succeeded';
  for (let changed = true; changed;) {
    changed = false;
    nodes.forEach(({ waitsFor, mode, end }, at) => {
      if (fates[at] !== 'undecided' || !isReached[at]) return;
      const of = waitsFor.map((each) => fates[each]);
      const good = of.filter((fate) => fate === 'succeeded').length;
      const open = of.filter((fate) => fate === 'undecided').length;
      const bad = of.length - good - open;
      const mayCome = waitsFor.some((each) => isReached[each] && fates[each] === 'undecided');
      const starts = { all_success: good === of.length, any_success: good > 0, all_complete: open === 0 }[mode];
      const never = { all_success: bad > 0, any_success: bad > 0 && !mayCome, all_complete: false }[mode];
      if (starts) fates[at] = end;
      else if (never) fates[at] = 'not started';
      changed ||= starts || never;
    });
  }
  return fates;
}

function kindOf(fate: Fate): 'started' | 'refused' | 'undecided' {
  if (fate === 'undecided') return fate;
  return fate === 'not started' ? 'refused' : 'started';
}

describe.each(['SQLite', 'PostgreSQL'] as const)('random graphs on %s', (database) => {
  let bed: FlowBed;
  beforeAll(async () => {
    bed = await FlowBed.open(database, inject('postgresUrl'));
  });
  afterAll(() => bed.close());

  test(`${graphs} graphs end as the model says`, { timeout: 600_000 }, async () => {
    const drawn: { readonly nodes: readonly Node[]; readonly jobs: readonly Job[]; readonly run: NewRun }[] = [];
    const endOf = new Map<number, FinalState>();
    const fresh: Job[] = [];
    const begun: NewRun[] = [];
    for (let nth = 0; nth < graphs; nth += 1) {
      const nodes = draw();
      const jobs: Job[] = [];
      for (const { waitsFor, mode, end } of nodes) {
        const job = await bed.draft({}, { mode, jobs: waitsFor.flatMap((at) => jobs[at] ?? []) });
        endOf.set(job.id, end);
        jobs.push(job);
      }
      const [first] = jobs;
      if (first === undefined) throw new Error('A graph has a first node.');
      const run = await bed.beginning(first);
      fresh.push(...jobs);
      begun.push(run);
      drawn.push({ nodes, jobs, run });
    }
    const lots = Array.from({ length: 4 }, (_, lot) => fresh.filter((__, at) => at % 4 === lot));
    await Promise.all(
      lots.map((lot) =>
        bed.store.transaction(async (tables) => {
          for (const job of lot) await tables.jobs.insert(job, null);
        }),
      ),
    );
    await bed.store.runs.insert(begun);
    await endAll(endOf);
    const seen = { started: 0, refused: 0, undecided: 0 };
    for (const { nodes, jobs, run } of drawn) {
      const fates = fatesOf(nodes);
      const standing = await bed.standing(run);
      const found = jobs.map(({ id }) => {
        const stands = standing.get(id) ?? 'undecided';
        return stands === 'dependency' ? 'not started' : stands;
      });
      // The first one is written down with its chain only where somebody waits for it.
      const model = fates.map((fate, at) => (at === 0 && !standing.has(jobs[0]?.id ?? 0) ? 'undecided' : fate));
      expect(found).toEqual(model);
      for (const fate of fates.slice(1)) seen[kindOf(fate)] += 1;
    }
    const counts = await bed.store.runs.counts(0, bed.clock.wall() + 1);
    const runs = Object.values(counts).reduce((sum, count) => sum + count, 0);
    // Each start is one run, each refusal one event: none twice.
    expect(runs).toBe(seen.started + graphs);
    expect(await countTold()).toBe(seen.refused);
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100);
  });

  /** In batches of any size and order, as workers end what they have. */
  async function endAll(endOf: ReadonlyMap<number, FinalState>): Promise<void> {
    for (;;) {
      const claims = await bed.claim();
      if (claims.length === 0) break;
      const shuffled = claims.map((claim) => ({ claim, by: random.next() })).toSorted((a, b) => a.by - b.by);
      for (let at = 0; at < shuffled.length;) {
        const some = shuffled.slice(at, at + 1 + below(120));
        await bed.store.dispatch.finish(some.map(({ claim }) => ended(claim, endOf.get(claim.jobId) ?? 'succeeded')));
        at += some.length;
      }
    }
  }

  async function countTold(): Promise<number> {
    let count = 0;
    let after: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof bed.store.events.list>> = await bed.store.events.list(
        { kinds: ['trigger.refused'] },
        { limit: 500, after },
      );
      count += page.items.length;
      after = page.next;
    } while (after !== null);
    return count;
  }
});
