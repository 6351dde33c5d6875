import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Journal, readJournal, type JournalEntry } from './journal.ts';

const hour = 3_600_000;
const now = 1_768_478_400_000;
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jtp-journal-'));
  path = join(folder, 'worker', 'journal.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function entry(runId: string, at = now): JournalEntry {
  return { runId, attempt: 1, fence: 2, at, phase: 'started', pid: 3 };
}
function open(at = now): Journal {
  return Journal.open({
    path,
    now: at,
    onFailure: (error) => {
      throw error;
    },
  });
}
const runs = (): string[] => readJournal(path).map(({ runId }) => runId);

test('a journal that was never written is empty', () => expect(readJournal(path)).toEqual([]));

test('what is appended is read again, in order', async () => {
  const journal = open();
  for (let run = 0; run < 100; run += 1) journal.append(entry(`run-${run}`));
  await journal.flush();
  expect(runs()).toEqual(Array.from({ length: 100 }, (_, run) => `run-${run}`));
  journal.append(entry('later'));
  await journal.close();
  expect(runs().at(-1)).toBe('later');
});

test('a line that a crash tore is left out, and does not spoil the next', async () => {
  const first = open();
  first.append(entry('whole'));
  await first.close();
  appendFileSync(path, '{"runId":"torn","att');
  expect(runs()).toEqual(['whole']);
  const second = open();
  second.append(entry('after'));
  await second.close();
  expect(runs()).toEqual(['whole', 'after']);
});

test('is kept for 48 hours', async () => {
  const first = open(now - 50 * hour);
  first.append(entry('old', now - 49 * hour));
  first.append(entry('recent', now - 47 * hour));
  await first.close();
  await open().close();
  expect(runs()).toEqual(['recent']);
});

test('lines that are no entries are left out', () => {
  const file = join(folder, 'other.jsonl');
  writeFileSync(file, '{}\n[]\nnull\n{"runId":1,"phase":"started"}\n\0\0\0\n');
  expect(readJournal(file)).toEqual([]);
});
