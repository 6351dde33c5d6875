/** croner: a timer a schedule in the memory of this process. */
import { Cron } from 'croner';
import { serve } from '../child.ts';
import { Fired, firingOf } from '../firing.ts';

function fire(order) {
  const firing = firingOf(order);
  const fired = new Fired(firing);
  for (let schedule = 0; schedule < firing.schedules; schedule += 1)
    new Cron(`*/${firing.everySeconds} * * * * *`, { timezone: 'UTC' }, () => fired.fired(schedule));
  return fired.watch();
}

await serve({ fire });
