import { defineConfig } from 'vitest/config';

/** Apart from `npm test`: it builds, packs and installs, and must not resolve to sources. */
export default defineConfig({
  test: {
    include: ['test/packaged/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 300_000,
    pool: 'forks',
    passWithNoTests: false,
  },
});
