import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { criticalPath, downstreamOf, inOrder, outlineOf, upstreamOf, type FlowEdge, type FlowNode } from './flow.ts';

const node = (id: string, seconds: number | null = null): FlowNode => ({ id, seconds });
const edge = (way: string): FlowEdge => ({ from: way[0] ?? '', to: way[1] ?? '' });
const diamond = ['ab', 'ac', 'bd', 'cd'].map(edge);

test('a diamond: who waits for whom, over all steps', () => {
  expect([...upstreamOf(diamond, 'd')].toSorted((a, b) => a.localeCompare(b))).toEqual(['a', 'b', 'c']);
  expect([...downstreamOf(diamond, 'a')].toSorted((a, b) => a.localeCompare(b))).toEqual(['b', 'c', 'd']);
  expect([...downstreamOf(diamond, 'd')]).toEqual([]);
});

describe('the critical path', () => {
  test('is the way that usually takes longest', () => {
    const nodes = [node('a', 5), node('b', 60), node('c', 20), node('d', 1)];
    expect(criticalPath(nodes, diamond)).toEqual({ ids: ['a', 'b', 'd'], seconds: 66, unknown: 0 });
  });
  test('counts what nobody knows as nothing, and says how many', () => {
    const nodes = [node('a', 5), node('b'), node('c', 20), node('d')];
    expect(criticalPath(nodes, diamond)).toEqual({ ids: ['a', 'c', 'd'], seconds: 25, unknown: 1 });
  });
  test('is none of a job on its own, however long', () => {
    expect(criticalPath([node('a', 3)], [])).toBeNull();
    expect(criticalPath([node('a', 3), node('b', 1), node('z', 90)], [edge('ab')])?.ids).toEqual(['a', 'b']);
  });
});

test('the outline tells each job once with what follows it', () => {
  const rows = outlineOf(
    'abcd'.split('').map((id) => node(id)),
    diamond,
  );
  expect(rows.map(({ id, depth, again }) => `${'·'.repeat(depth)}${id}${again ? ' again' : ''}`)).toEqual([
    'a',
    '·b',
    '··d',
    '·c',
    '··d again',
  ]);
});

test('a cycle in imported data hides nothing', () => {
  const nodes = 'abc'.split('').map((id) => node(id, 1));
  const edges = ['ab', 'ba', 'cb'].map(edge);
  expect(inOrder(nodes, edges)).toEqual(['c']);
  expect(new Set(outlineOf(nodes, edges).map(({ id }) => id))).toEqual(new Set(['a', 'b', 'c']));
  expect(criticalPath(nodes, edges)).toBeNull();
});

const flows = fc
  .record({
    seconds: fc.array(fc.option(fc.integer({ min: 0, max: 50 })), { minLength: 1, maxLength: 9 }),
    ways: fc.array(fc.tuple(fc.nat(8), fc.nat(8)), { maxLength: 20 }),
  })
  .map(({ seconds, ways }) => ({
    nodes: seconds.map((each, at) => node(String(at), each)),
    // From the smaller to the greater: never a cycle. Each way once.
    edges: [...new Set(ways.filter(([a, b]) => a < b && b < seconds.length).map(([a, b]) => `${a}${b}`))].map(edge),
  }));

test('no way through is longer than the critical path', () => {
  fc.assert(
    fc.property(flows, ({ nodes, edges }) => {
      const own = (id: string): number => nodes.find((each) => each.id === id)?.seconds ?? 0;
      const longest = (id: string): number =>
        own(id) + Math.max(0, ...edges.filter(({ from }) => from === id).map(({ to }) => longest(to)));
      const found = criticalPath(nodes, edges);
      expect(found === null).toBe(edges.length === 0);
      if (found === null) return;
      expect(found.seconds).toBe(Math.max(...edges.map(({ from }) => longest(from))));
      for (const [at, to] of found.ids.slice(1).entries()) expect(edges).toContainEqual({ from: found.ids[at], to });
    }),
  );
});

test('each job is told in full exactly once', () => {
  fc.assert(
    fc.property(flows, ({ nodes, edges }) => {
      const told = outlineOf(nodes, edges).filter(({ again }) => !again);
      expect(told.map(({ id }) => id).toSorted((a, b) => a.localeCompare(b))).toEqual(nodes.map(({ id }) => id));
    }),
  );
});
