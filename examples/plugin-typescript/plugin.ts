/** A job type that weighs a folder and says when it grew past its budget. Runs in the worker's own process. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { PluginHost } from 'job-trigger-core';

interface Weighed {
  readonly bytes: number;
  readonly files: number;
}

async function weigh(folder: string, ignore: readonly string[], signal: AbortSignal): Promise<Weighed> {
  let [bytes, files] = [0, 0];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    signal.throwIfAborted();
    const path = join(folder, entry.name);
    if (ignore.includes(entry.name)) continue;
    if (entry.isDirectory()) {
      const below = await weigh(path, ignore, signal);
      bytes += below.bytes;
      files += below.files;
    } else if (entry.isFile()) {
      bytes += (await stat(path)).size;
      files += 1;
    }
  }
  return { bytes, files };
}

const megabytes = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`;

// oxlint-disable-next-line import/no-default-export -- what a plugin exports by default is what it adds
export default ({ defineJobType }: PluginHost) =>
  defineJobType({
    id: 'folder-budget',
    label: 'Folder budget',
    description: 'Weighs folders and says when they grew past their budget.',
    schema: {
      type: 'object',
      properties: {
        folders: {
          type: 'array',
          title: 'Folders',
          description: 'Absolute paths',
          items: { type: 'string', minLength: 1 },
          minItems: 1,
        },
        limit_mb: { type: 'number', title: 'Budget (MB)', minimum: 0, default: 1024 },
        ignore: {
          type: 'array',
          title: 'Ignore',
          description: 'Names that do not count',
          items: { type: 'string' },
          default: ['node_modules'],
        },
        when_over: {
          type: 'string',
          title: 'When it is over',
          enum: ['fail', 'warn'],
          default: 'fail',
          description: 'Fail ends the run as failed; warn only writes to its log',
        },
      },
      required: ['folders'],
    },
    defaults: { schedule: { kind: 'daily', times: ['06:00'] }, timeoutSeconds: 600 },
    async execute({ config, log, progress, signal }) {
      let whole: Weighed = { bytes: 0, files: 0 };
      for (const [place, folder] of config.folders.entries()) {
        progress(place / config.folders.length, folder);
        const { bytes, files } = await weigh(folder, config.ignore, signal);
        log(`${folder}: ${megabytes(bytes)} in ${files} files`);
        whole = { bytes: whole.bytes + bytes, files: whole.files + files };
      }
      const isOver = whole.bytes > config.limit_mb * 1_048_576;
      const message = `${megabytes(whole.bytes)} are more than the budget of ${config.limit_mb} MB.`;
      if (isOver) log(message, 'stderr');
      if (!isOver || config.when_over === 'warn') return { ...whole, over: isOver };
      return { success: false, errorMessage: message, category: 'script_error', retryable: false, resultData: whole };
    },
    classify(error) {
      const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
      return missing ? { category: 'config_error', retryable: false } : null;
    },
    summary(result) {
      const { bytes, files } = result as Weighed;
      return `${megabytes(bytes)} in ${files} files`;
    },
  });
