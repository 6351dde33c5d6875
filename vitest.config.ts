import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const conditions = ['jtp-source'];
const installed = ['**/node_modules/**'];
const resolving = { resolve: { conditions }, ssr: { resolve: { conditions } } };

/** What each test file meets, in whichever group it stands. */
const each = {
  testTimeout: 20_000,
  hookTimeout: 60_000,
  pool: 'forks' as const,
  execArgv: ['--conditions=jtp-source'],
};

/**
 * Tests that start programs, again and again: Node starts them the slower the more its own process holds, and a file that has
 * a process to itself holds least. And two that time what they ask or count what a resting process asks.
 */
const apart = [
  'packages/cli/src/**/*.test.ts',
  'packages/core/src/engine/{failover,idle-cost,kill}.test.ts',
  'packages/core/src/handlers/{approved-script,hooks,process-handlers,script-swap,secrets}.test.ts',
  'packages/core/src/spawner/**/*.test.ts',
  'packages/core/src/store/postgres/outages.test.ts',
  'packages/core/src/store/sqlite/checkpoint.test.ts',
  'packages/portal/src/access/login-timing.test.ts',
];

/**
 * The packages' tests: those that start programs, and `more`, each in a process of its own; all others after each other in a few
 * processes that have read the sources by then, as reading them was a quarter of the time. `left` are run by neither.
 */
export const groups = ({ more = [], left = [] }: { more?: readonly string[]; left?: readonly string[] }) => [
  { ...resolving, test: { ...each, name: 'apart', include: [...apart, ...more], exclude: [...installed, ...left] } },
  {
    ...resolving,
    test: {
      ...each,
      name: 'together',
      isolate: false,
      include: ['packages/*/src/**/*.test.ts'],
      exclude: [...installed, ...apart, ...left],
    },
  },
];

/** One runner for everything that `npm test` promises; browsers and servers are real and started once in `test/setup`. */
export default defineConfig({
  ...resolving,
  test: {
    globalSetup: ['test/setup/global.ts'],
    // Left to itself the runner keeps one core free: on a machine of two, half of them. Many tests wait for processes, as they
    // do for us: half as many again keep the cores busy meanwhile.
    maxWorkers: Math.ceil(1.5 * availableParallelism()),
    passWithNoTests: false,
    projects: groups({
      more: ['test/{bench,chaos,interleave,journey,mutants,setup,simulate,structure,surface}/**/*.test.ts'],
    }),
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
