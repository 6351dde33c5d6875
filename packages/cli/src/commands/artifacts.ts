import { createHash } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { endpoints, pathOf, type Artifact } from 'job-trigger-contract';
import { sizeText } from 'job-trigger-core';
import { emit, tell, withConnection, type Connection, type Context } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { runOrNewestOf } from '../find-run.ts';
import { writeTable, type Column } from '../output/table.ts';
import { timesOf } from '../output/when.ts';

function columns(context: Context): readonly Column<Artifact>[] {
  const times = timesOf(context);
  return [
    { title: 'NAME', text: ({ name }) => name },
    { title: 'SIZE', text: ({ bytes, kept }) => (kept ? sizeText(bytes) : 'not kept') },
    { title: 'TYPE', text: ({ type }) => type },
    { title: 'ATTEMPT', text: ({ attempt }) => String(attempt) },
    { title: times.title('KEPT AT'), text: ({ created_at: at }) => times.text(at) },
    { title: 'SHA-256', cut: 'first', text: ({ sha256, problem }) => sha256 ?? problem ?? '' },
  ];
}

interface GetFlags {
  readonly out?: string;
  readonly force?: boolean;
}

/** Of several attempts the newest one's counts. */
function newestByName(items: readonly Artifact[]): readonly Artifact[] {
  return [...new Map(items.filter(({ kept }) => kept).map((item) => [item.name, item])).values()];
}

/** Below the folder, whatever a server calls it. */
function placeOf(folder: string, name: string): string {
  const place = resolve(folder, ...name.split('/'));
  const steps = relative(folder, place).split(sep);
  if (steps[0] === '..' || steps.join('') === '')
    throw new CommandError(exitStatus.failed, `'${name}' leaves the folder; it is not saved.`);
  return place;
}

/** Saves one file under another name until all of it is there and its hash is the one that was told. */
async function save({ send }: Connection, artifact: Artifact, place: string): Promise<void> {
  const { run_id: id, id: artifact_id, sha256, name } = artifact;
  const path = pathOf(endpoints.getArtifact.path, { params: { id, artifact_id }, query: { download: true } });
  const answer = await send({
    method: 'GET',
    path,
    headers: { accept: '*/*' },
    body: undefined,
    stream: new AbortController().signal,
  });
  if (answer.status !== 200 || answer.rawPieces === undefined)
    throw new CommandError(exitStatus.failed, `'${name}' was not sent (status ${answer.status}).`);
  const hash = createHash('sha256');
  const part = `${place}.part`;
  mkdirSync(dirname(place), { recursive: true });
  try {
    await pipeline(
      answer.rawPieces(),
      async function* (pieces: AsyncIterable<Uint8Array>) {
        for await (const piece of pieces) {
          hash.update(piece);
          yield piece;
        }
      },
      createWriteStream(part),
    );
    if (hash.digest('hex') !== sha256)
      throw new CommandError(exitStatus.failed, `'${name}' came with another content than was kept. It is not saved.`);
    await rename(part, place);
  } finally {
    await rm(part, { force: true });
  }
}

async function get(context: Context, what: string, name: string | undefined, flags: GetFlags): Promise<void> {
  const folder = resolve(context.terminal.cwd, flags.out ?? '.');
  await withConnection(context, async (connection) => {
    const id = await runOrNewestOf(connection.client, what);
    const { items } = await connection.client.listArtifacts({ params: { id } });
    const wanted = newestByName(items).filter((item) => name === undefined || item.name === name);
    if (wanted.length === 0)
      throw new CommandError(
        exitStatus.notFound,
        name === undefined ? 'The run keeps no artifacts.' : `The run keeps no artifact '${name}'.`,
        `List them with: jtp artifacts ls ${id}`,
      );
    const places = wanted.map((item) => ({
      item,
      place: name === undefined ? placeOf(folder, item.name) : join(folder, basename(item.name)),
    }));
    const taken = places.find(({ place }) => existsSync(place));
    if (taken !== undefined && flags.force !== true)
      throw new CommandError(exitStatus.notPermitted, `${taken.place} exists.`, 'Write over it with --force.');
    for (const { item, place } of places) await save(connection, item, place);
    await emit(context, { items: places.map(({ item, place }) => ({ ...item, path: place })) }, () => {
      for (const { place } of places) context.terminal.stdout.write(`${place}\n`);
      tell(context, `${places.length} saved; each has the SHA-256 that was kept.`);
    });
  });
}

export function addArtifactCommands(program: Command, context: () => Context): void {
  const artifacts = program.command('artifacts').description('Files that runs left.');
  artifacts
    .command('ls <run-or-job>')
    .description('Files of a run, with what could not be kept; of a job, those of its newest run.')
    .action(async (what: string) => {
      const list = await withConnection(context(), async ({ client }) =>
        client.listArtifacts({ params: { id: await runOrNewestOf(client, what) } }),
      );
      await emit(context(), list, () =>
        writeTable(context(), list.items, columns(context()), 'The run left no files in JTP_ARTIFACTS_DIR.'),
      );
    });
  artifacts
    .command('get <run-or-job> [name]')
    .description('Save one file of a run, or all of them below a folder; each is checked by its hash.')
    .option('-O, --out <folder>', 'where to; the present folder when absent')
    .option('--force', 'write over what is there')
    .action((what: string, name: string | undefined, flags: GetFlags) => get(context(), what, name, flags));
}
