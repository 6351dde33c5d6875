import { defineConfig } from 'vitest/config';
import all, { groups } from '../../vitest.config.ts';

/**
 * The gate's second run: shuffled, in another time zone, with coverage. Only what runs inside the runner's own processes:
 * tests that start programs and wait for them in real time share neither order nor zone with others, count for no
 * coverage, and took half of the time. Long searches for counter-examples draw their own order and are left out as well, as are
 * the minutes of rest that are played on both databases, and single long tests (all demo data, each route with bad input), in
 * which there is nothing to shuffle. `npm run test:shuffled` runs those too.
 */
export default defineConfig({
  ...all,
  test: {
    ...all.test,
    projects: groups({
      left: [
        'packages/cli/src/channels.test.ts',
        'packages/cli/src/crash.test.ts',
        'packages/cli/src/life.test.ts',
        'packages/cli/src/same-code.test.ts',
        'packages/cli/src/samples.test.ts',
        'packages/core/src/engine/crowd.test.ts',
        'packages/core/src/engine/failover.test.ts',
        'packages/core/src/engine/idle-cost.test.ts',
        'packages/core/src/engine/kill.test.ts',
        'packages/core/src/flow/random-graphs.test.ts',
        'packages/core/src/operations/demo/demo.test.ts',
        'packages/core/src/schedule/zones.property.test.ts',
        'packages/core/src/spawner/containment.test.ts',
        'packages/core/src/spawner/launcher.test.ts',
        'packages/core/src/spawner/process-tree.test.ts',
        'packages/core/src/store/postgres/outages.test.ts',
        'packages/core/src/store/sqlite/checkpoint.test.ts',
        'packages/portal/src/bad-input.test.ts',
        'packages/portal/src/every-route.test.ts',
        'packages/portal/src/logs/logs.test.ts',
      ],
    }),
  },
});
