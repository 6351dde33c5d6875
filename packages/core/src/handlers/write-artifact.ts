import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { artifactName } from '../artifacts/artifact-name.ts';
import { JobTriggerError } from '../errors.ts';

export type ArtifactContent = string | Uint8Array | AsyncIterable<string | Uint8Array>;

/**
 * Puts a file into an attempt's folder of artifacts, where a process would leave one.
 *
 * @throws {JobTriggerError} `invalid` for a name that cannot be one, `conflict` for one that is taken
 */
export async function writeArtifact(folder: string, path: string, content: ArtifactContent): Promise<void> {
  const named = artifactName(path);
  if ('problem' in named) throw new JobTriggerError('invalid', `The artifact cannot be kept. ${named.problem}`);
  const place = join(folder, named.name);
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
  const pieces = typeof content === 'string' || content instanceof Uint8Array ? [content] : content;
  try {
    await pipeline(
      Readable.from(pieces, { objectMode: false }),
      createWriteStream(place, { flags: 'wx', mode: 0o600 }),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new JobTriggerError('conflict', `There is an artifact "${named.name}" of this attempt already.`);
  }
}
