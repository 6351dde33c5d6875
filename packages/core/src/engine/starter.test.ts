import { expect, test } from 'vitest';
import { defaultSettings } from '../model/settings.ts';
import type { Store } from '../store/store.ts';
import { realSystem } from '../system/system.ts';
import { jobDefinition, newRun } from '../testing/factories.ts';
import { manualClock } from '../testing/manual-clock.ts';
import type { Attempt } from './attempt.ts';
import type { Ending } from './finisher.ts';
import { Starter } from './starter.ts';

test('keeps a result back while the change of phase beside it is under way', async () => {
  const clock = manualClock();
  const marked = Promise.withResolvers<void>();
  const carriedOut = Promise.withResolvers<object>();
  const claim = { runId: 7, fence: 1, runCreatedAt: 1, jobId: 3, attempt: 1, onLost: 'fail', direct: false };
  const run = { ...newRun({ id: 7, jobId: 3 }), cancelRequestedAt: null };
  const dispatch = {
    intend: () => Promise.resolve([{ runId: 7, fence: 1 }]),
    load: () => Promise.resolve([{ run, definition: jobDefinition() }]),
    markRunning: () => marked.promise,
  };
  const ended: Ending[] = [];
  const starter = new Starter({
    store: { dispatch, bell: { ring: () => undefined } } as unknown as Store,
    system: realSystem({ clock }),
    settings: defaultSettings,
    holder: () => ({ workerId: 1, incarnation: 1 }),
    mayStart: () => true,
    onDropped: () => undefined,
    onEnded: (ending) => void ended.push(ending),
  });
  const attempt = {
    claim,
    reference: { id: 7, createdAt: 1 },
    finishing: false,
    lasts: () => undefined,
    carryOut: () => carriedOut.promise,
  };
  await starter.start([attempt as unknown as Attempt]);
  clock.advance(250);
  carriedOut.resolve({ runId: 7 });
  for (let turns = 0; turns < 20; turns += 1) await Promise.resolve();
  expect(ended).toEqual([]);
  marked.resolve();
  for (let turns = 0; turns < 20; turns += 1) await Promise.resolve();
  expect(ended).toHaveLength(1);
});
