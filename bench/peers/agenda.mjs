/** Agenda on PostgreSQL, which looks each second and takes as many at once as there are. */
import { PostgresBackend } from '@agendajs/postgres-backend';
import { Agenda } from 'agenda';
import { serve } from '../child.ts';
import { Fired, firingOf } from '../firing.ts';

async function fire(order) {
  const firing = firingOf(order);
  const fired = new Fired(firing);
  const agenda = new Agenda({
    backend: new PostgresBackend({ connectionString: order.url }),
    processEvery: '1 second',
    maxConcurrency: 2 * firing.schedules,
    defaultConcurrency: 100,
    defaultLockLimit: 0,
  });
  agenda.on('error', (error) => process.stderr.write(`${error.stack}\n`));
  agenda.define('background', async () => fired.background());
  for (let schedule = 0; schedule < firing.schedules; schedule += 1)
    agenda.define(`work ${schedule}`, async () => fired.fired(schedule));
  await agenda.start();
  for (let schedule = 0; schedule < firing.schedules; schedule += 1)
    await agenda.every(`*/${firing.everySeconds} * * * * *`, `work ${schedule}`, {}, { timezone: 'UTC' });
  return fired.watch(() => void agenda.now('background', {}).catch(() => undefined));
}

await serve({ fire });
