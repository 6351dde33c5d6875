import { availableParallelism } from 'node:os';
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
      'test/bench/**/*.test.ts',
      'test/chaos/**/*.test.ts',
      'test/interleave/**/*.test.ts',
      'test/journey/**/*.test.ts',
      'test/mutants/**/*.test.ts',
      'test/setup/**/*.test.ts',
      'test/simulate/**/*.test.ts',
      'test/structure/**/*.test.ts',
      'test/surface/**/*.test.ts',
    ],
    pool: 'forks',
    // Left to itself the runner keeps one core free: on a machine of two, half of them. Many tests wait for processes, as they
    // do for us: half as many again keep the cores busy meanwhile.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    execArgv: ['--conditions=jtp-source'],
    passWithNoTests: false,
    // Only with --coverage. What runs in processes of their own (the spawner, jtp) is not counted.
    coverage: {
      provider: 'v8',
      include: ['packages/{core,contract,portal,cli}/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/test-*.ts', 'packages/core/src/testing/**'],
      reporter: ['text-summary', 'json-summary', 'html'],
      thresholds: {
        'packages/core/src/**': { lines: 80 },
        'packages/portal/src/routes/**': { lines: 90 },
      },
    },
  },
});
