import { describe, inject, test } from 'vitest';
import { freshDir, freshPostgres } from '../setup/databases.ts';
import { writtenPages } from '../structure/pages.ts';
import { fencesOf } from './fences.ts';
import { namesDatabase, runPage } from './run-page.ts';

const pages = writtenPages()
  .filter(({ path }) => path === 'README.md' || /^docs\/(?:tutorial|how-to|explanation|reference)\//.test(path))
  .map(({ path, text }) => ({ path, text, ...fencesOf(text) }))
  .filter(({ fences, left }) => fences.length + left.length > 0);

describe.concurrent.each(pages)('$path', ({ text, fences, databases }) => {
  test.for(databases)('every command does what the page says, on %s', { timeout: 900_000 }, async (database) => {
    const folder = freshDir('jtp-docs');
    const postgres = database === 'PostgreSQL' ? await freshPostgres(inject('postgresUrl')) : null;
    try {
      await runPage(fences, {
        folder: folder.path,
        databaseUrl: postgres?.url ?? null,
        pageNamesDatabase: namesDatabase(text),
      });
    } finally {
      await postgres?.drop();
      folder.remove();
    }
  });
});
