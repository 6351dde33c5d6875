import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { migrate, migrationStatus, realSystem } from 'job-trigger-core';
import { emit, tell, type Context } from '../context.ts';
import { diagnose } from '../doctor.ts';
import { exitStatus } from '../exit-status.ts';
import { resolveFrom } from '../paths.ts';
import { writeSamples } from '../samples.ts';
import { readConfig } from '../settings-source.ts';
import { writeTable } from '../output/table.ts';
import { newSetupToken, setupHint } from '../setup-token.ts';

const configTemplate = `# Settings of Job Trigger Portal. Every key can also be given as JOB_PORTAL_… or as a flag.
# All keys with their defaults: jtp config show
server:
  host: 127.0.0.1
  port: 8080
`;

async function init(context: Context, folder: string): Promise<void> {
  const base = resolveFrom(context.terminal, folder);
  const data = join(base, 'jtp-data');
  mkdirSync(join(data, 'scripts'), { recursive: true, mode: 0o700 });
  const written: string[] = [];
  const config = join(base, 'config.yaml');
  if (!existsSync(config)) {
    writeFileSync(config, configTemplate, { mode: 0o600 });
    written.push(config);
  }
  written.push(...writeSamples(join(data, 'scripts')));
  await emit(context, { written }, () => {
    for (const path of written) context.terminal.stdout.write(`${path}\n`);
    tell(context, written.length === 0 ? 'Everything was there already.' : 'Start with: jtp start');
  });
}

export function addInstallationCommands(program: Command, context: () => Context): void {
  program
    .command('init [dir]')
    .description('Make a configuration and a scripts folder with samples.')
    .action((folder: string | undefined) => init(context(), folder ?? '.'));
  program
    .command('setup-token')
    .description('Print a new one-time token for the first administrator; only on the host.')
    .action(async () => {
      const { token, base } = await newSetupToken(context());
      await emit(context(), { token }, () => context().terminal.stdout.write(`${setupHint(base, token)}\n`));
    });
  const migrations = program.command('migrate').description('The schema of the database.');
  migrations
    .command('status', { isDefault: true })
    .description('Which migrations are there, and which are missing.')
    .action(async () => {
      const config = await readConfig(context().terminal, context().flags);
      const status = await migrationStatus({ url: config.values.databaseUrl, system: realSystem() });
      await emit(context(), status, () =>
        context().terminal.stdout.write(`schema ${status.current} of ${status.latest}\n`),
      );
    });
  migrations
    .command('up')
    .description('Bring the schema up to date. Forward only.')
    .action(async () => {
      const config = await readConfig(context().terminal, context().flags);
      const done = await migrate({ url: config.values.databaseUrl, system: realSystem() });
      await emit(context(), done, () =>
        tell(
          context(),
          done.applied.length === 0 ? 'The schema is up to date.' : `Applied ${done.applied.join(', ')}.`,
        ),
      );
    });
  program
    .command('doctor')
    .description('Look at everything a start needs, each with a fix. Exit status 1 when one fails.')
    .action(async () => {
      const findings = await diagnose(context());
      await emit(context(), { items: findings }, () =>
        writeTable(
          context(),
          findings,
          [
            { title: '', text: (finding) => (finding.ok ? 'ok' : 'FAIL') },
            { title: 'CHECK', text: (finding) => finding.check },
            { title: 'FOUND', text: (finding) => finding.found },
            { title: 'FIX', text: (finding) => finding.fix ?? '' },
          ],
          'Nothing to check.',
        ),
      );
      process.exitCode = findings.every((finding) => finding.ok) ? exitStatus.done : exitStatus.failed;
    });
}
