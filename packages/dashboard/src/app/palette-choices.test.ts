import { expect, test } from 'vitest';
import { choicesFor, jobsCalled } from './palette-choices.ts';

const jobs = [
  { id: 'a', name: 'Nightly backup' },
  { id: 'b', name: 'runs-report' },
];
const labels = (text: string, isAdmin = true): string[] => choicesFor(text, jobs, isAdmin).map(({ label }) => label);

test('an empty text offers every page and the first jobs', () => {
  expect(labels('')).toEqual(expect.arrayContaining(['Overview', 'Settings', 'New job', 'Nightly backup']));
});
test('a text narrows pages and jobs alike, whatever its case', () => {
  expect(labels(' RUNS ')).toEqual(['Runs', 'runs-report']);
});
test('the id of a run leads to that run alone', () => {
  const id = '01a213df-4b73-7000-8000-000000000004';
  expect(choicesFor(id.toUpperCase(), jobs, true)).toMatchObject([{ target: { to: '/runs/$id', params: { id } } }]);
});
test('pages that the role may not open are not offered', () => {
  expect(labels('settings', false)).toEqual([]);
});
test('a job that only a later page has is found', async () => {
  const pages = [[], [{ name: 'runs-report' }]];
  const listJobs = ({ query }: { readonly query: { readonly cursor?: string; readonly limit: number } }) => {
    const at = Number(query.cursor ?? 0);
    return Promise.resolve({ items: pages[at], next_cursor: at + 1 < pages.length ? String(at + 1) : null, limit: 8 });
  };
  const client = { listJobs } as unknown as Parameters<typeof jobsCalled>[0];
  const { items } = await jobsCalled(client, 'report', new AbortController().signal);
  expect(items.map(({ name }) => name)).toEqual(['runs-report']);
});
