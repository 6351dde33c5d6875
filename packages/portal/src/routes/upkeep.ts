import type { FastifyInstance } from 'fastify';
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { endpoints } from 'job-trigger-contract';
import {
  backUp,
  examinations,
  examineInstallation,
  formatInstant,
  Housekeeper,
  namedSubject,
  record,
  worstOf,
} from 'job-trigger-core';
import { authenticationOf } from '../access/authentication.ts';
import type { PortalOptions } from '../portal.ts';
import { retentionDue } from '../retention-due.ts';
import { serve } from '../route.ts';

/** What keeps an installation well: examined, copied, and rid of what is old. */
export function upkeepRoutes(app: FastifyInstance, options: PortalOptions): void {
  const { store, config, system, version, ballast = null, configFile = null } = options;
  const values = { ...config.values, authentication: authenticationOf(options) !== 'off' };
  serve(app, endpoints.healthChecks, async () => {
    const found = await examineInstallation({ store, system, values, version, ballast });
    return {
      status: worstOf(found),
      checked_at: formatInstant(system.clock.wall()),
      version,
      items: found.map(({ check, status, message, fix, latencyMs }) => {
        const [title, meaning] = examinations[check];
        const latency = latencyMs === undefined ? {} : { latency_ms: latencyMs };
        return { check, title, meaning, status, message, fix, ...latency };
      }),
      counters: await store.upkeep.totals().catch(() => null),
    };
  });
  serve(app, endpoints.runRetention, async ({ body, actor }) => {
    const due = await retentionDue(store, values.engine);
    const dryRun = body.dry_run === true;
    const { runs, ledger, events, jobs } = dryRun
      ? due
      : await new Housekeeper({ store, system, settings: values.engine, dataDir: values.dataDir }).tick();
    const after = { runs, ledger, events, jobs };
    const subject = namedSubject('installation', null);
    if (!dryRun) await record(store, actor, { action: 'retention.run', subject, after });
    return { ...due, dry_run: dryRun, ...after };
  });
  serve(app, endpoints.backUp, async ({ body, actor }) => {
    const { databaseUrl, dataDir, scriptsDir } = values;
    const folder = join(dataDir, 'backups');
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const began = system.clock.mono();
    const stamp = formatInstant(system.clock.wall()).replaceAll(/[:.]/g, '');
    const { file, bytes, manifest } = await backUp({
      system,
      databaseUrl,
      dataDir,
      scriptsDir,
      configFile,
      version,
      logs: body.logs === true,
      artifacts: body.artifacts === true,
      target: join(folder, `portal-${stamp}.tar`),
    });
    const { created_at, counts, files } = manifest;
    const subject = namedSubject('installation', null);
    const after = { file: basename(file), bytes, logs: body.logs === true, artifacts: body.artifacts === true };
    await record(store, actor, { action: 'backup.made', subject, after });
    const seconds = Math.round(system.clock.mono() - began) / 1000;
    const artifacts = manifest.holds?.artifacts === true;
    return { file, bytes, created_at, counts: { ...counts }, files: files.length, artifacts, seconds };
  });
}
