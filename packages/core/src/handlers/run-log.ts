/** The log of an attempt that has no process of its own: the worker writes it itself. */
import { LogWriter } from '../spawner/log-writer.ts';
import { notStarted, type HandlerContext, type HandlerOutcome } from './handler.ts';

export class RunLog {
  readonly #writer: LogWriter;

  constructor(writer: LogWriter) {
    this.#writer = writer;
  }

  write(stream: 'stdout' | 'stderr', data: string | Uint8Array): void {
    this.#writer.write(stream, typeof data === 'string' ? Buffer.from(data) : Buffer.from(data));
  }

  /** One line of the portal's own. */
  note(text: string): void {
    this.#writer.note(text);
  }
}

/**
 * Opens the log, does the work and closes it, and says in the outcome how much was written. Without a log nothing is
 * done: the attempt is not started, and may be tried again.
 */
export async function withRunLog(
  context: HandlerContext,
  work: (log: RunLog) => Promise<HandlerOutcome>,
): Promise<HandlerOutcome> {
  const { files, ports } = context;
  let writer: LogWriter;
  try {
    writer = new LogWriter({ path: files.log, limitBytes: ports.settings.outputLimitBytes, clock: ports.clock });
  } catch (error) {
    return notStarted('unavailable', `The log could not be made: ${(error as Error).message}.`, { retryable: true });
  }
  try {
    const outcome = await work(new RunLog(writer));
    await writer.end();
    const measured = {
      survivors: [],
      processes: 0,
      leftBehind: 0,
      ignoredTerm: 0,
      outputBytes: writer.bytes,
      cutBytes: writer.cutBytes,
      memoryPeakMb: null,
      cpuSeconds: null,
    };
    return { ...outcome, measured };
  } catch (error) {
    await writer.end();
    throw error;
  }
}
