import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { referencePages } from '../../scripts/docs-reference.ts';
import { JobInput, JobPatch, ScheduleInput } from '../../packages/contract/src/index.ts';
import { attemptOutcomes, jobStatuses, runTransitions, skipReasons } from '../../packages/core/src/model/index.ts';
import { anchor } from '../../scripts/reference/markdown.ts';
import { prose, root, writtenPages } from './pages.ts';

const pages = writtenPages();

/** Headings outside fences, as anchors; a second of the same words gets `-1`. */
function anchorsOf(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [, heading = ''] of text.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} (.+)$/gm)) {
    const name = anchor(heading.replaceAll('`', ''));
    let free = name;
    for (let nth = 1; found.has(free); nth += 1) free = `${name}-${nth}`;
    found.add(free);
  }
  return found;
}

/** Targets inside the project, as paths from the root. */
function linksOf(path: string, text: string): { readonly target: string; readonly fragment: string }[] {
  return [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = '', fragment = ''] = target.split('#');
      return { target: file === '' ? path : relative(root, join(root, dirname(path), file)), fragment };
    });
}

describe.each(Object.entries(referencePages()))('%s', (path, made) => {
  test('is what its source says; else run: npm run docs:reference', () => {
    expect(existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : 'absent').toBe(made);
  });
});

describe.each(pages)('$path', ({ path, text }) => {
  test('has no link that leads nowhere', () => {
    const lost = linksOf(path, text).filter(({ target, fragment }) => {
      if (!existsSync(join(root, target))) return true;
      return fragment !== '' && !anchorsOf(readFileSync(join(root, target), 'utf8')).has(fragment);
    });
    expect(lost).toEqual([]);
  });
});

test.each(pages.filter(({ path }) => path.startsWith('docs/')))(
  '$path says in a line what kind of page it is',
  ({ text }) => {
    const kind = /^# .+\n\n\*([A-Z][a-z-]+)[:,.]/.exec(text)?.[1];
    expect(['Index', 'Tutorial', 'How-to', 'Reference', 'Explanation', 'Decision']).toContain(kind);
  },
);

test('every page of docs is reached from its index', () => {
  const byPath = new Map(pages.map((page) => [page.path, page.text]));
  const reached = new Set<string>();
  const open = ['docs/README.md'];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    const text = byPath.get(path);
    if (reached.has(path) || text === undefined) continue;
    reached.add(path);
    open.push(...linksOf(path, text).map(({ target }) => target));
  }
  expect(pages.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !reached.has(path))).toEqual([]);
});

test('docs/reference/jobs.md tells every field that a person sets', () => {
  const text = readFileSync(join(root, 'docs/reference/jobs.md'), 'utf8');
  const told = [...text.matchAll(/^\| `(\w+)` \|/gm)].map(([, field]) => field);
  expect(told.sort()).toEqual([...new Set(Object.keys({ ...JobInput.shape, ...JobPatch.shape }))].sort());
});

test('docs/reference/schedules.md tells every kind', () => {
  const text = readFileSync(join(root, 'docs/reference/schedules.md'), 'utf8');
  const kinds = ScheduleInput.options.map((option) => option.shape.kind.value).filter((kind) => kind !== 'manual');
  const told = [...(text.split('| kind | fields')[1]?.split('\n\n')[0] ?? '').matchAll(/^\| `(\w+)` \|/gm)];
  expect(told.map(([, kind]) => kind)).toEqual(kinds);
});

describe('docs/state-machines.md', () => {
  const text = readFileSync(join(root, 'docs/state-machines.md'), 'utf8');
  const section = (heading: string): string => text.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';

  test('draws the moves of a run that the model allows, and no other', () => {
    const drawn = [...section('Run').matchAll(/^ {2}(\w+) --> (\w+):/gm)].map(([, from, to]) => `${from} ${to}`);
    const legal = Object.entries(runTransitions).flatMap(([from, all]) => all.map((to) => `${from} ${to}`));
    expect(drawn.sort()).toEqual(legal.sort());
  });

  test('tells every outcome of an attempt', () => {
    const told = [...section('Attempt').matchAll(/^\| `(\w+)`/gm)].map(([, outcome]) => outcome);
    expect(told).toEqual(attemptOutcomes);
  });

  test('names every reason of a skip', () => {
    const named = [...(section('Occurrence').split('Reasons of a skip:')[1] ?? '').matchAll(/`(\w+)`/g)];
    expect(named.map(([, reason]) => reason)).toEqual(skipReasons);
  });

  test('lists the statuses of a job in the order in which they are asked', () => {
    const listed = [...section('Job').matchAll(/^\d+\. `(\w+)`/gm)].map(([, status]) => status);
    expect(listed).toEqual(jobStatuses);
  });
});
