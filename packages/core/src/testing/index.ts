/** What tests of this and other packages build on. Nothing here belongs into a program. */
export * as factories from './factories.ts';
export { manualClock, manualClockStart, type ManualClock } from './manual-clock.ts';
export { seededRandom } from './seeded-random.ts';
export { LogWriter } from '../spawner/log-writer.ts';
