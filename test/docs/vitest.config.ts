import { defineConfig } from 'vitest/config';

/** Apart from `npm test`: every command of the pages is carried out. Several pages at a time, as a page mostly waits. */
export default defineConfig({
  test: {
    globalSetup: ['test/docs/global.ts'],
    include: ['test/docs/**/*.test.ts'],
    maxConcurrency: 4,
    hookTimeout: 60_000,
    pool: 'forks',
    execArgv: ['--conditions=jtp-source'],
    passWithNoTests: false,
  },
});
