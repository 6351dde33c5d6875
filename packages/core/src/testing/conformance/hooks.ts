import { describe, expect, test } from 'vitest';
import * as factories from '../factories.ts';
import { bedOf, type MakeBed } from './bed.ts';

export function hookConformance(make: MakeBed): void {
  describe('incoming hooks', () => {
    const bed = bedOf(make);

    test('a stored hook reads back as it was written, and its name belongs to it within its job', async () => {
      const { hooks } = bed().store;
      const hook = factories.incomingHook({ name: 'Forge', mapping: { ref: 'push.branch' } });
      await hooks.insert(hook);
      expect(await hooks.get(hook.id)).toEqual(hook);
      await expect(hooks.insert(factories.incomingHook({ name: 'forge' }))).rejects.toMatchObject({
        code: 'name_taken',
      });
      const other = factories.incomingHook({ kind: 'keyed' });
      await hooks.insert(other);
      await expect(hooks.update({ ...other, name: 'FORGE' })).rejects.toMatchObject({ code: 'name_taken' });
      await hooks.insert(factories.incomingHook({ name: 'forge', jobId: 2 }));
      const changed = { ...hook, name: 'a', mapping: null, active: false, formerSecret: 'old', formerUntil: 5 };
      expect(await hooks.update(changed)).toBe(true);
      await hooks.touch(hook.id, 9);
      expect((await hooks.ofJob(1)).map(({ name }) => name)).toEqual(['a', other.name]);
      expect(await hooks.get(hook.id, { lock: true })).toEqual({ ...changed, usedAt: 9 });
      expect(await hooks.remove(hook.id)).toBe(true);
      expect(await hooks.remove(hook.id)).toBe(false);
      expect(await hooks.get(hook.id)).toBeNull();
    });
  });
}
