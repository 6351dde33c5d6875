import { setImmediate as nextTurn } from 'node:timers/promises';
import type pg from 'pg';
import { expect, test } from 'vitest';
import { begin } from './begin.ts';
import type { Query } from './session.ts';

const answer: pg.QueryResult = { rows: [], command: '', rowCount: 0, oid: 0, fields: [] };

/** A connection whose first statement is answered when the test says so. */
function connection() {
  const sent: string[] = [];
  const begun = Promise.withResolvers<pg.QueryResult>();
  const query: Query = ({ text }) => {
    sent.push(text.split(' ')[0] ?? '');
    return sent.length === 1 ? begun.promise : Promise.resolve(answer);
  };
  return { query, sent, begun };
}

test('what only reads travels with the beginning; everything later waits until it has begun', async () => {
  const { query, sent, begun } = connection();
  const within = await begin(query, { readsFirst: true });
  await within({ text: 'SELECT 1' });
  expect(sent).toEqual(['BEGIN', 'SELECT']);
  await nextTurn();
  const writing = within({ text: 'INSERT' });
  await nextTurn();
  expect(sent).toEqual(['BEGIN', 'SELECT']);
  begun.resolve(answer);
  await writing;
  expect(sent).toEqual(['BEGIN', 'SELECT', 'INSERT']);
});

test('nothing is written in a transaction that did not begin', async () => {
  const { query, sent, begun } = connection();
  const within = await begin(query, { readsFirst: true });
  await within({ text: 'SELECT 1' });
  await nextTurn();
  begun.reject(new Error('canceling statement due to user request'));
  await expect(within({ text: 'INSERT' })).rejects.toThrow('canceling');
  expect(sent).toEqual(['BEGIN', 'SELECT']);
});

test('all others wait for the beginning first', async () => {
  const { query, sent, begun } = connection();
  const beginning = begin(query, {});
  await nextTurn();
  expect(sent).toEqual(['BEGIN']);
  begun.reject(new Error('no'));
  await expect(beginning).rejects.toThrow('no');
});

test('what a transaction sets goes with its beginning, for itself alone', async () => {
  const sent: string[] = [];
  const query: Query = ({ text }) => {
    sent.push(text);
    return Promise.resolve(answer);
  };
  await begin(query, { idleMs: 7 });
  const [text = ''] = sent;
  expect(sent).toHaveLength(1);
  expect(text.split('; ').slice(1)).toEqual(['SET LOCAL idle_in_transaction_session_timeout = 7']);
});
