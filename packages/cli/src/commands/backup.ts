import type { Command } from 'commander';
import { backUp, realSystem, restore, sizeText, type Manifest } from 'job-trigger-core';
import { emit, tell, type Context } from '../context.ts';
import { resolveFrom } from '../paths.ts';
import { configFileOf, readConfig } from '../settings-source.ts';
import { version } from '../version.ts';

function holdings({ counts, files, holds }: Manifest): string {
  const scripts = files.filter(({ path }) => path.startsWith('scripts/')).length;
  const { jobs = 0, runs = 0 } = counts;
  const kept = files.filter(({ path }) => path.startsWith('artifacts/')).length;
  const artifacts = holds?.artifacts === true ? `${kept} artifacts` : 'without artifacts';
  return `${jobs} jobs, ${runs} runs, ${scripts} scripts, ${artifacts}`;
}

/** A copy of the whole installation, and the way back. Both work on this host's files, never over a server. */
export function addBackupCommands(program: Command, context: () => Context): void {
  program
    .command('backup <file>')
    .description('Copy database, scripts, settings and key into one file, also while everything runs; verified.')
    .option('--logs', 'also the output of runs')
    .option('--artifacts', 'also the files that runs left')
    .action(async (file: string, flags: { logs?: boolean; artifacts?: boolean }) => {
      const { terminal } = context();
      const { values } = await readConfig(terminal, context().flags);
      const { databaseUrl, dataDir, scriptsDir } = values;
      const done = await backUp({
        system: realSystem(),
        databaseUrl,
        dataDir,
        scriptsDir,
        configFile: configFileOf(terminal, context().flags),
        version,
        logs: flags.logs === true,
        artifacts: flags.artifacts === true,
        target: resolveFrom(terminal, file),
      });
      await emit(context(), { file: done.file, bytes: done.bytes, ...done.manifest }, () => {
        terminal.stdout.write(`${done.file}\n`);
        tell(
          context(),
          `${sizeText(done.bytes)}, verified: ${holdings(done.manifest)}. It holds secrets; keep it private.`,
        );
      });
    });
  program
    .command('restore <file>')
    .description('Put a backup into a data folder that holds no installation. Verified before anything is written.')
    .option('--dry-run', 'verify it, and say what would be written')
    .action(async (file: string, flags: { dryRun?: boolean }) => {
      const { terminal } = context();
      const { values } = await readConfig(terminal, context().flags);
      const { databaseUrl, dataDir, scriptsDir } = values;
      const dryRun = flags.dryRun === true;
      const from = resolveFrom(terminal, file);
      const done = await restore({ system: realSystem(), databaseUrl, dataDir, scriptsDir, file: from, dryRun });
      const { manifest, written } = done;
      await emit(context(), { dry_run: dryRun, written, ...manifest }, () => {
        for (const path of written) terminal.stdout.write(`${path}\n`);
        const held = `${holdings(manifest)}, as of ${manifest.created_at}`;
        tell(context(), dryRun ? `The backup is whole: ${held}. Nothing was written.` : `Restored ${held}.`);
        if (!dryRun) tell(context(), `Everybody signs in anew. Start with: jtp start --data-dir ${dataDir}`);
      });
    });
}
