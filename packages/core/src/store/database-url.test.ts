import { expect, test } from 'vitest';
import { databaseOf } from './database-url.ts';

test.each([
  ['sqlite:/var/lib/jtp.db', 'sqlite', '/var/lib/jtp.db'],
  ['sqlite:///var/lib/jtp.db', 'sqlite', '/var/lib/jtp.db'],
  ['sqlite::memory:', 'sqlite', ':memory:'],
  ['postgres://me@host/db', 'postgres', 'postgres://me@host/db'],
  ['postgresql://me@host/db', 'postgres', 'postgresql://me@host/db'],
])('%s names a %s database', (url, kind, place) => {
  expect(databaseOf(url)).toEqual({ kind, place });
});

test.each(['', 'jtp.db', 'sqlite:jtp.db', 'sqlite:', 'mysql://secret@host/db', 'http://host'])(
  '%j is refused',
  (url) => {
    expect(() => databaseOf(url)).toThrow(expect.objectContaining({ code: 'configuration_invalid' }));
    expect(() => databaseOf(url)).not.toThrow(/secret/);
  },
);
