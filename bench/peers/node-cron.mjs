/** node-cron: a timer a schedule in the memory of this process. */
import cron from 'node-cron';
import { serve } from '../child.ts';
import { Fired, firingOf } from '../firing.ts';

function fire(order) {
  const firing = firingOf(order);
  const fired = new Fired(firing);
  for (let schedule = 0; schedule < firing.schedules; schedule += 1)
    cron.schedule(`*/${firing.everySeconds} * * * * *`, () => fired.fired(schedule), { timezone: 'Etc/UTC' });
  return fired.watch();
}

await serve({ fire });
