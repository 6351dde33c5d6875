/** Bree: each start is a thread of its own, so that its scenario gives it fewer schedules. */
import { fileURLToPath } from 'node:url';
import Bree from 'bree';
import { serve } from '../child.ts';
import { Fired, firingOf } from '../firing.ts';

async function fire(order) {
  const firing = firingOf(order);
  const fired = new Fired(firing);
  const path = fileURLToPath(new URL('./bree-thread.mjs', import.meta.url));
  const bree = new Bree({
    root: false,
    logger: false,
    hasSeconds: true,
    workerMessageHandler: ({ name, message }) => fired.fired(Number(name), message),
    jobs: Array.from({ length: firing.schedules }, (_, schedule) => ({
      name: String(schedule),
      path,
      cron: `*/${firing.everySeconds} * * * * *`,
      timezone: 'UTC',
    })),
  });
  await bree.start();
  return fired.watch();
}

await serve({ fire });
