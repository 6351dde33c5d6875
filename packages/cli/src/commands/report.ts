/** What a job's process says of itself: files that its `JTP_*` variables name, no network and no credentials. */
import {
  appendFileSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { artifactName, resultLimitBytes } from 'job-trigger-core';
import { tell, type Context } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { resolveFrom } from '../paths.ts';

function variable({ terminal }: Context, name: string): string {
  const value = terminal.env[name];
  if (value !== undefined && value !== '') return value;
  throw new CommandError(
    exitStatus.usage,
    `${name} is not set: jtp report works inside the process of a job.`,
    'Call it from the script that a job runs.',
  );
}

/** `42%` and numbers above 1 are percent, others a fraction. */
function fractionOf(text: string): number {
  const [, digits = ''] = /^(\d+(?:\.\d+)?)%?$/.exec(text) ?? [];
  const value = digits === '' ? Number.NaN : Number(digits);
  const fraction = text.endsWith('%') || value > 1 ? value / 100 : value;
  if (fraction >= 0 && fraction <= 1) return fraction;
  throw new CommandError(exitStatus.usage, `'${text}' is no progress: give 0 to 1, or 0% to 100%.`);
}

function countsOf(text: string): Readonly<Record<string, number>> {
  const pairs = text.split(',').map((pair): [string, number] => {
    const [, name = '', count = ''] = /^\s*([^=]+)=(\d+(?:\.\d+)?)\s*$/.exec(pair) ?? [];
    if (name === '') throw new CommandError(exitStatus.usage, `--items: '${pair}' is not name=number.`);
    return [name.trim(), Number(count)];
  });
  return Object.fromEntries(pairs);
}

interface ProgressFlags {
  readonly phase?: string;
  readonly items?: string;
}

function progress(context: Context, value: string, message: string | undefined, flags: ProgressFlags): void {
  const line = JSON.stringify({
    fraction: fractionOf(value),
    ...(message === undefined ? {} : { message }),
    ...(flags.phase === undefined ? {} : { phase: flags.phase }),
    ...(flags.items === undefined ? {} : { items: countsOf(flags.items) }),
  });
  appendFileSync(variable(context, 'JTP_PROGRESS_FILE'), `${line}\n`);
}

async function result(context: Context, given: string): Promise<void> {
  const file = variable(context, 'JTP_RESULT_FILE');
  const text = given === '-' ? await context.terminal.readStdin() : given;
  const written = asJson(text);
  if (Buffer.byteLength(written) > resultLimitBytes)
    throw new CommandError(
      exitStatus.usage,
      `The result has more than ${resultLimitBytes} bytes. Keep it as an artifact.`,
    );
  // Whole or not at all: the process may be ended at any moment.
  writeFileSync(`${file}.part`, written);
  renameSync(`${file}.part`, file);
}

function asJson(text: string): string {
  try {
    return `${JSON.stringify(JSON.parse(text))}\n`;
  } catch (error) {
    throw new CommandError(exitStatus.usage, `The result is not JSON: ${(error as Error).message}`);
  }
}

function artifact(context: Context, given: string, flags: { readonly name?: string }): void {
  const folder = variable(context, 'JTP_ARTIFACTS_DIR');
  const source = resolveFrom(context.terminal, given);
  if (!existsSync(source)) throw new CommandError(exitStatus.notFound, `${source} does not exist.`);
  const named = artifactName(flags.name ?? basename(source));
  if ('problem' in named) throw new CommandError(exitStatus.usage, named.problem);
  const place = join(folder, named.name);
  mkdirSync(dirname(place), { recursive: true });
  const part = `${place}.part`;
  try {
    copyFileSync(source, part, constants.COPYFILE_FICLONE);
    renameSync(part, place);
  } finally {
    rmSync(part, { force: true });
  }
  tell(context, `${named.name} is kept when this attempt ends.`);
}

export function addReportCommands(program: Command, context: () => Context): void {
  const report = program
    .command('report')
    .description('From inside the process of a job: its progress, result and files.');
  report
    .command('progress <value> [message]')
    .description('How far it is, as 0 to 1 or as 0% to 100%.')
    .option('--phase <name>', 'what it is doing, for example load')
    .option('--items <name=n,…>', 'counts, for example done=4,total=10')
    .action((value: string, message: string | undefined, flags: ProgressFlags) =>
      progress(context(), value, message, flags),
    );
  report
    .command('result <json>')
    .description('Its result, in JSON; counts in the field items are shown. - reads standard input.')
    .action((given: string) => result(context(), given));
  report
    .command('artifact <file>')
    .description('Keep a copy of a file when this attempt ends.')
    .option('--name <name>', 'under another name, which may be a path')
    .action((given: string, flags: { name?: string }) => artifact(context(), given, flags));
}
