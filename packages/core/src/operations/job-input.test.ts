import { expect, test } from 'vitest';
import { defineJobType, pluginBreaker, type BreakerDefault } from '../job-types/job-type.ts';
import { jobTypesOf } from '../job-types/registry.ts';
import { defaultBreaker } from '../model/trouble.ts';
import type { OperationContext } from './context.ts';
import { definitionOf, type JobFields } from './job-input.ts';

function breakerOf(said: BreakerDefault | null | undefined, given?: JobFields['breaker']) {
  const type = defineJobType({
    id: 'feed',
    label: 'Feed',
    description: 'Reads a feed.',
    schema: { type: 'object', properties: {} },
    defaults: said === undefined ? {} : { breaker: said },
    execute: () => null,
  });
  const settings = { ...defaultBreaker, policy: 'probe' } as const;
  const context = { jobTypes: jobTypesOf([type]), breaker: settings } as unknown as OperationContext;
  return definitionOf({ name: 'news', type: 'feed', config: {}, breaker: given }, null, context).breaker;
}

test('a new job takes the breaker that its plugin says, and the one of the settings where it says nothing (R-214)', () => {
  const own = { consecutive: 2, recent: null, periodDays: 30 };
  expect(breakerOf(own)).toEqual({ ...own, policy: 'probe' });
  expect(breakerOf(own, { policy: 'manual' })).toEqual({ ...own, policy: 'manual' });
  expect(breakerOf(null)).toBeNull();
  expect(breakerOf(undefined)).toBeUndefined();
  expect(breakerOf(pluginBreaker)).toBeUndefined();
  expect(breakerOf(null, { consecutive: 4 })).toMatchObject({ consecutive: 4, recent: 5 });
});
