import { defineConfig } from 'vitest/config';

const conditions = ['jtp-source'];

/** One runner for everything that `npm test` promises; browsers and servers are real and started once in `test/setup`. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    globalSetup: ['test/setup/global.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    include: [
      'packages/*/src/**/*.test.ts',
      'test/chaos/**/*.test.ts',
      'test/journey/**/*.test.ts',
      'test/setup/**/*.test.ts',
      'test/structure/**/*.test.ts',
    ],
    pool: 'forks',
    execArgv: ['--conditions=jtp-source'],
    passWithNoTests: false,
  },
});
