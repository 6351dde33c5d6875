import { write } from 'node:fs';
import { promisify } from 'node:util';

const writeAt = promisify(write);

/** Writes all of it: the system may take less than it was given. */
export async function writeFully(file: number, bytes: Buffer, position: number): Promise<void> {
  let done = 0;
  while (done < bytes.length) {
    const { bytesWritten } = await writeAt(file, bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
