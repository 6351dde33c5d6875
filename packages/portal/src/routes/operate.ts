import type { FastifyInstance } from 'fastify';
import { endpoints, type Health, type Worker } from 'job-trigger-contract';
import { schedulerSilence, schedulerToWire, workerToWire, type Silence } from 'job-trigger-contract/mapping';
import { alertSubject, formatInstant, tzVersion, type Worker as CoreWorker } from 'job-trigger-core';
import { checkHealth } from '../health.ts';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve, serveShared } from '../route.ts';

export function operateRoutes(app: FastifyInstance, options: PortalOptions): void {
  const { operations, store, config, system, version } = options;
  const { engine } = config.values;
  const silence = async (): Promise<Silence> => ({
    now: await store.now(),
    leaseMs: engine.leaseMs,
    lostAfterMs: engine.lostAfterMs,
  });

  /** Alerts of workers that can start no processes, by the worker's name. */
  async function unhealthy(): Promise<ReadonlyMap<string, string>> {
    const { items } = await operations.alerts.list({ open: true, kinds: ['worker_unhealthy'] }, { limit: 500 });
    return new Map(items.map((alert) => [alertSubject(alert), alert.text]));
  }

  /** With what each has in its hands and what it has done. */
  async function wireOf(workers: readonly CoreWorker[]): Promise<Worker[]> {
    const quiet = await silence();
    const tallies = new Map(
      (await store.workers.tallies(quiet.now - 86_400_000)).map((tally) => [tally.workerId, tally]),
    );
    const counted = await store.upkeep.talliesOf();
    const running = await store.runs.running(500);
    const ill = await unhealthy();
    return workers.map((worker) =>
      workerToWire(
        worker,
        {
          tally: tallies.get(worker.id),
          counted: counted.get(worker.id),
          unhealthy: ill.get(worker.name) ?? null,
        },
        running,
        quiet,
      ),
    );
  }

  async function wireOfOne(worker: CoreWorker): Promise<Worker> {
    const [wire] = await wireOf([worker]);
    if (wire === undefined) throw new Error('One worker is answered with one.');
    return wire;
  }
  const idOf = (params: { readonly id: string }): number => referenceOf(params.id, 'worker').id;

  serveShared(app, endpoints.listWorkers, async ({ query }) => {
    const now = await store.now();
    const workers = (await store.workers.list()).filter(
      (worker) => query.all === true || (worker.lostAt === null && now - worker.beatAt <= engine.offlineMs),
    );
    return { items: await wireOf(workers) };
  });
  serve(app, endpoints.drainWorker, async ({ params, actor }) =>
    wireOfOne(await operations.workers.drain(idOf(params), actor)),
  );
  serve(app, endpoints.pauseWorker, async ({ params, actor }) =>
    wireOfOne(await operations.workers.pause(idOf(params), actor)),
  );
  serve(app, endpoints.resumeWorker, async ({ params, actor }) =>
    wireOfOne(await operations.workers.resume(idOf(params), actor)),
  );
  serve(app, endpoints.removeWorker, async ({ params, actor }) => {
    await operations.workers.remove(idOf(params), actor);
    return undefined;
  });
  serve(app, endpoints.confirmClock, async ({ actor }) => ({ confirmed: await operations.clock.confirm(actor) }));
  serveShared(app, endpoints.listSchedulers, async ({ query }) => {
    const quiet = schedulerSilence(await store.now(), engine);
    const schedulers = (await store.schedulers.list()).filter(
      ({ stoppedAt, beatAt }) => query.all === true || (stoppedAt === null && quiet.now - beatAt <= engine.offlineMs),
    );
    return { items: schedulers.map((scheduler) => schedulerToWire(scheduler, quiet)) };
  });
  serve(app, endpoints.health, async ({ request, reply }): Promise<Health> => {
    const began = system.clock.mono();
    const health = await checkHealth(options);
    if (health.status === 'unhealthy') void reply.code(503).header('retry-after', '5');
    if (request.caller === null) return { status: health.status, version };
    return {
      ...health,
      version,
      zone_data: tzVersion,
      timestamp: formatInstant(system.clock.wall()),
      response_time_ms: Math.round((system.clock.mono() - began) * 10) / 10,
    };
  });
  serve(app, endpoints.live, () => ({ status: 'healthy' as const, version }));
  serve(app, endpoints.ready, async () => {
    await store.ping();
    return { status: 'healthy' as const, version };
  });
}
