import { Buffer, isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { ProblemError, type Client, type ScriptFile } from 'job-trigger-contract';
import { confirmed } from '../confirm.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';

import { CommandError, exitStatus, wrongFlag } from '../exit-status.ts';
import { printable } from '../output/table.ts';
import { resolveFrom } from '../paths.ts';

/** Null where there is none. */
async function currentOf(client: Client, path: string): Promise<ScriptFile | null> {
  return client.readScript({ query: { path } }).catch((error: unknown) => {
    if (error instanceof ProblemError && error.code === 'script_missing') return null;
    throw error;
  });
}

async function existing(client: Client, path: string): Promise<ScriptFile> {
  const file = await currentOf(client, path);
  if (file === null)
    throw new CommandError(exitStatus.notFound, `There is no script '${path}'.`, 'They are listed by: jtp scripts ls');
  return file;
}

async function bytesOf({ terminal }: Context, file: string): Promise<Buffer> {
  if (file === '-') return Buffer.from(await terminal.readStdin(), 'utf8');
  const bytes = await readFile(resolveFrom(terminal, file)).catch(() => null);
  if (bytes === null) throw new CommandError(exitStatus.usage, `${file} cannot be read.`);
  return bytes;
}

const bodyOf = (bytes: Buffer) =>
  isUtf8(bytes)
    ? { content: bytes.toString('utf8'), encoding: 'text' as const }
    : { content: bytes.toString('base64'), encoding: 'base64' as const };

const ifMatch = (sha256: string) => ({ headers: { 'if-match': `"${sha256}"` } });

function numberOf(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw wrongFlag('--number', `'${text}' is no number of a version.`);
  return Number(text);
}

/** What to look at, and what is still to be done before it runs. */
function tellWritten(context: Context, { path, sha256, hints, bytes }: ScriptFile): void {
  tell(context, `${printable(path)}: ${bytes} bytes, SHA-256 ${sha256}.`);
  for (const { text, line } of hints) tell(context, `look at${line === null ? '' : ` line ${line}`}: ${text}`);
}

async function put(context: Context, path: string, flags: { readonly file: string; readonly sha256?: string }) {
  const body = bodyOf(await bytesOf(context, flags.file));
  return withConnection(context, async ({ client }) => {
    const before = flags.sha256 ?? (await currentOf(client, path))?.sha256;
    if (before === undefined) return client.createScript({ body: { path, ...body } });
    return client.writeScript({ query: { path }, body }, ifMatch(before));
  });
}

async function remove(context: Context, path: string, isForced: boolean): Promise<void> {
  await withConnection(context, async ({ client }) => {
    const { sha256, jobs } = await existing(client, path);
    const users = jobs.map(({ name }) => name).join(', ');
    const force = isForced ? ({ force: 'true' } as const) : {};
    if (jobs.length === 0 || isForced)
      await confirmed(context, `Delete ${printable(path)}${users === '' ? '' : `, which ${printable(users)} runs`}?`);
    await client.deleteScript({ query: { path, ...force } }, ifMatch(sha256));
  });
  tell(context, `${printable(path)} is deleted.`);
}

/** What a script holds, and another content in its place: where `scripts.allow_editing` is on. */
export function addScriptFileCommands(scripts: Command, context: () => Context): void {
  scripts
    .command('get <script>')
    .description('Write what a script holds to standard output.')
    .option('--number <n>', 'of this version, as far as it is kept')
    .action(async (path: string, { number }: { readonly number?: string }) => {
      const text = (of: { readonly content: string; readonly encoding: string }): string => {
        if (of.encoding === 'text') return of.content;
        throw new CommandError(exitStatus.failed, `${path} is no text.`, 'With --json it comes as base64.');
      };
      const write = (content: string): void => void context().terminal.stdout.write(content);
      if (number === undefined) {
        const file = await withConnection(context(), ({ client }) => existing(client, path));
        const content = { content: file.text, encoding: file.is_text ? 'text' : 'base64' };
        return emit(context(), file, () => write(text(content)));
      }
      const query = { path, number: numberOf(number) };
      const version = await withConnection(context(), ({ client }) => client.scriptVersion({ query }));
      return emit(context(), version, () => write(text(version)));
    });
  scripts
    .command('put <script>')
    .description('Put a content into the scripts folder: a new file, or in the place of what is there.')
    .requiredOption('-f, --file <file>', 'the content; - for standard input')
    .option('--sha256 <hash>', 'only over this content: refused when it holds another by now')
    .action(async (path: string, flags: { readonly file: string; readonly sha256?: string }) => {
      const written = await put(context(), path, flags);
      await emit(context(), written, () => tellWritten(context(), written));
    });
  scripts
    .command('rm <script>')
    .description('Delete a script from the scripts folder.')
    .option('--force', 'although jobs run it')
    .action((path: string, { force }: { readonly force?: boolean }) => remove(context(), path, force === true));
}
