import type { FastifyInstance } from 'fastify';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { endpoints, type Health } from 'job-trigger-contract';
import { schedulerToWire, workerToWire, type Silence } from 'job-trigger-contract/mapping';
import {
  describeScript,
  formatInstant,
  invalidField,
  JobTriggerError,
  listScripts,
  resolveScript,
  tzVersion,
  type Script,
} from 'job-trigger-core';
import { checkHealth } from '../health.ts';
import type { PortalOptions } from '../portal.ts';
import { serve } from '../route.ts';

export function operateRoutes(app: FastifyInstance, options: PortalOptions): void {
  const { store, config, system, version } = options;
  const { scriptsDir, allowedExtensions, scriptMaxBytes, engine } = config.values;
  const silence = async (): Promise<Silence> => ({
    now: await store.now(),
    leaseMs: engine.leaseMs,
    lostAfterMs: engine.lostAfterMs,
  });

  function askedScript(path: string): Script {
    try {
      return resolveScript(scriptsDir, path, { allowedExtensions, maxBytes: scriptMaxBytes });
    } catch (error) {
      if (!(error instanceof JobTriggerError)) throw error;
      throw invalidField('path', error.message, error.code);
    }
  }

  serve(app, endpoints.listWorkers, async ({ query }) => {
    const quiet = await silence();
    const tallies = new Map(
      (await store.workers.tallies(quiet.now - 86_400_000)).map((tally) => [tally.workerId, tally]),
    );
    const counted = await store.upkeep.talliesOf();
    const running = await store.runs.running(500);
    const workers = (await store.workers.list()).filter(
      (worker) => query.all === true || (worker.lostAt === null && quiet.now - worker.beatAt <= engine.offlineMs),
    );
    return {
      items: workers.map((worker) =>
        workerToWire(worker, { tally: tallies.get(worker.id), counted: counted.get(worker.id) }, running, quiet),
      ),
    };
  });
  serve(app, endpoints.listSchedulers, async ({ query }) => {
    const quiet = await silence();
    const schedulers = (await store.schedulers.list()).filter(
      ({ stoppedAt, beatAt }) => query.all === true || (stoppedAt === null && quiet.now - beatAt <= engine.offlineMs),
    );
    return { items: schedulers.map((scheduler) => schedulerToWire(scheduler, quiet)) };
  });
  serve(app, endpoints.listScripts, () => {
    const found = listScripts(scriptsDir, { allowedExtensions, maxBytes: scriptMaxBytes });
    return {
      folder: scriptsDir,
      items: found.map((script) => ({
        path: script.path,
        bytes: script.bytes,
        modified_at: formatInstant(script.modifiedAt),
        description: describeScript(script.file),
      })),
    };
  });
  serve(app, endpoints.readScript, async ({ query }) => {
    const script = askedScript(query.path);
    const bytes = await readFile(script.file).catch(() => null);
    if (bytes === null) throw new JobTriggerError('not_found', `${query.path} cannot be read.`);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { path: script.path, text: bytes.toString('utf8'), sha256, bytes: bytes.length };
  });
  serve(app, endpoints.settings, () => ({ items: [...config.list] }));
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
