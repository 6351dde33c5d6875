/** The control of punctuality: a timer of the platform for each schedule, set anew for each instant. */
import { serve, type Answer, type Order } from '../child.ts';
import { Fired, firingOf } from '../firing.ts';

function fire(order: Order): Promise<Answer> {
  const { schedules, everySeconds } = firingOf(order);
  const fired = new Fired(firingOf(order));
  const step = everySeconds * 1000;
  const arm = (schedule: number): void => {
    const dueAt = Math.ceil((Date.now() + 1) / step) * step;
    setTimeout(() => {
      // Woken a millisecond early it would be armed for the same instant.
      if (Date.now() >= dueAt) fired.fired(schedule);
      arm(schedule);
    }, dueAt - Date.now());
  };
  for (let schedule = 0; schedule < schedules; schedule += 1) arm(schedule);
  return fired.watch();
}

await serve({ fire });
