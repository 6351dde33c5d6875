import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { ProblemError, type Problem, type Transport } from 'job-trigger-contract';
import { withConnection, type Context } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { resolveFrom } from '../paths.ts';

interface ApiFlags {
  readonly field?: readonly string[];
  readonly input?: string;
}

const methods = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);

/** `a=1` is a number, `a=true` a flag, `a=null` null, everything else text; `a:=JSON` is taken as it stands. */
function fieldOf(pair: string): readonly [string, unknown] {
  const match = /^([\w.-]+)(:?=)(.*)$/s.exec(pair);
  const [, name, sign, text = ''] = match ?? [];
  if (name === undefined) throw new CommandError(exitStatus.usage, `-f: '${pair}' is not key=value.`);
  if (sign === '=' && !/^(?:-?\d+(?:\.\d+)?|true|false|null)$/.test(text)) return [name, text];
  try {
    return [name, JSON.parse(text) as unknown];
  } catch {
    throw new CommandError(exitStatus.usage, `-f: the value of ${name} is no JSON.`);
  }
}

async function bodyOf(context: Context, flags: ApiFlags): Promise<string | undefined> {
  if (flags.input === '-') return context.terminal.readStdin();
  if (flags.input !== undefined) {
    const text = await readFile(resolveFrom(context.terminal, flags.input), 'utf8').catch(() => null);
    if (text === null) throw new CommandError(exitStatus.usage, `--input: ${flags.input} cannot be read.`);
    return text;
  }
  return flags.field === undefined ? undefined : JSON.stringify(Object.fromEntries(flags.field.map(fieldOf)));
}

async function call(context: Context, send: Transport, method: string, path: string, flags: ApiFlags): Promise<void> {
  const body = await bodyOf(context, flags);
  const query = method === 'GET' && body !== undefined ? queryOf(JSON.parse(body) as Record<string, unknown>) : '';
  const answer = await send({
    method,
    path: `${path}${query}`,
    headers: { accept: 'application/json', ...(body === undefined || query !== '' ? {} : jsonType) },
    body: query === '' ? body : undefined,
  });
  const text = await answer.text();
  if (answer.status > 299) throw new ProblemError(JSON.parse(text) as Problem);
  if (text !== '') context.terminal.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

const jsonType = { 'content-type': 'application/json' } as const;

function queryOf(fields: Readonly<Record<string, unknown>>): string {
  return `?${new URLSearchParams(Object.entries(fields).map(([name, value]) => [name, String(value)])).toString()}`;
}

/** `jtp api METHOD PATH`: any call of the REST interface, with the credentials of every other command. */
export function addApiCommand(program: Command, context: () => Context): void {
  program
    .command('api <method> <path>')
    .description('Any call of the REST interface, with your credentials; the answer as it comes.')
    .option('-f, --field <key=value>', 'of the body, or of the query of a GET; key:=JSON for other types', collect)
    .option('--input <file>', 'the body; - reads standard input')
    .action(async (method: string, path: string, flags: ApiFlags) => {
      const verb = method.toUpperCase();
      if (!methods.has(verb))
        throw new CommandError(exitStatus.usage, `'${method}' is none of ${[...methods].join(', ')}.`);
      if (!path.startsWith('/api/')) throw new CommandError(exitStatus.usage, `'${path}' does not begin with /api/.`);
      await withConnection(context(), ({ send }) => call(context(), send, verb, path, flags));
    });
}

function collect(value: string, all: readonly string[] | undefined): readonly string[] {
  return [...(all ?? []), value];
}
