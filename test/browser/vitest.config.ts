import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const conditions = ['jtp-source'];

/** Slow checks of the pages in a real browser: accessibility, small screens, long logs, the keyboard. */
export default defineConfig({
  root: resolve(import.meta.dirname, '../..'),
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    globalSetup: ['test/browser/global.ts'],
    include: ['test/browser/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    maxWorkers: 2,
    execArgv: ['--conditions=jtp-source'],
    passWithNoTests: false,
  },
});
