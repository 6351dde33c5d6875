/** The log of an attempt that has no process of its own: the worker writes it itself. */
import type { StreamMasker } from '../secrets/masker.ts';
import type { RunSecrets } from '../secrets/run-secrets.ts';
import { LogWriter } from '../spawner/log-writer.ts';
import { notStarted, type HandlerContext, type HandlerOutcome, type Measured } from './handler.ts';

type Writer = Pick<LogWriter, 'write' | 'note' | 'end' | 'bytes' | 'cutBytes'>;

export class RunLog {
  readonly #writer: Writer;
  readonly #secrets: RunSecrets | null;
  readonly #masked: Readonly<Record<'stdout' | 'stderr', StreamMasker>> | null;

  constructor(writer: Writer, secrets: RunSecrets | null = null) {
    this.#writer = writer;
    this.#secrets = secrets;
    this.#masked = secrets && { stdout: secrets.masker.stream(), stderr: secrets.masker.stream() };
  }

  write(stream: 'stdout' | 'stderr', data: string | Uint8Array): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : Buffer.from(data);
    this.#writer.write(stream, this.#masked?.[stream].push(bytes) ?? bytes);
  }

  /** One line of the portal's own. */
  note(text: string): void {
    this.#writer.note(this.#secrets?.masker.text(text) ?? text);
  }

  /** Writes what waited for more of it. */
  finish(): void {
    if (this.#masked === null) return;
    for (const stream of ['stdout', 'stderr'] as const) {
      const rest = this.#masked[stream].finish();
      if (rest.length > 0) this.#writer.write(stream, rest);
    }
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
    const log = new RunLog(writer, context.secrets ?? null);
    const outcome = await work(log);
    log.finish();
    await writer.end();
    return { ...outcome, measured: measuredOf(writer) };
  } catch (error) {
    await writer.end();
    throw error;
  }
}

function measuredOf({ bytes, cutBytes }: Pick<Writer, 'bytes' | 'cutBytes'>): Measured {
  return {
    survivors: [],
    processes: 0,
    leftBehind: 0,
    ignoredTerm: 0,
    outputBytes: bytes,
    cutBytes,
    memoryPeakMb: null,
    cpuSeconds: null,
  };
}

/**
 * A log whose folder and files are made with the first line, or by {@link open}: most work of a few microseconds has
 * nothing to say, and its files would cost many times what it costs. Where they cannot be made then, the output is lost,
 * as it is on a disk that fails later; the work is not disturbed.
 */
export class LateLog {
  readonly #context: Pick<HandlerContext, 'files' | 'ports' | 'secrets'>;
  #writer: LogWriter | null = null;
  #lost = 0;
  #failed = false;

  constructor(context: Pick<HandlerContext, 'files' | 'ports' | 'secrets'>) {
    this.#context = context;
  }

  open(): LogWriter | null {
    if (this.#writer !== null || this.#failed) return this.#writer;
    const { files, ports } = this.#context;
    try {
      const { clock, settings } = ports;
      this.#writer = new LogWriter({ path: files.log, limitBytes: settings.outputLimitBytes, clock });
    } catch (error) {
      this.#failed = true;
      ports.log.warn('the log of a run could not be made: its output is lost', { error: (error as Error).message });
    }
    return this.#writer;
  }

  write(stream: 'stdout' | 'stderr', text: string): void {
    const bytes = Buffer.from(this.#context.secrets?.masker.text(text) ?? text);
    const writer = this.open();
    if (writer === null) this.#lost += bytes.length;
    else writer.write(stream, bytes);
  }

  /** Closes it; null when nothing was written. */
  async end(): Promise<Measured | null> {
    const writer = this.#writer;
    await writer?.end();
    if (writer !== null) return measuredOf(writer);
    return this.#lost === 0 ? null : measuredOf({ bytes: this.#lost, cutBytes: this.#lost });
  }
}
