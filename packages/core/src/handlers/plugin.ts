/** One attempt of a job whose type is a program that speaks the protocol of plugins. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { formatInstant, type Millis } from '../model/instant.ts';
import { pluginProtocol, type PluginEnd } from '../spawner/plugin-lines.ts';
import type { Ended } from '../spawner/protocol.ts';
import { categorise, exitFailure } from './failure.ts';
import { failed, notStarted, succeeded, type HandlerContext, type HandlerOutcome } from './handler.ts';
import { conduct, detailOf, endFromOutside, environmentOf, measure } from './process-attempt.ts';

/** A plugin's program. */
export interface PluginProgram {
  readonly type: string;
  readonly argv: readonly [string, ...string[]];
  /** Its own folder: it is started there. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

/** How an attempt ended, and the line that the plugin has to say of its result. */
export interface PluginOutcome {
  readonly outcome: HandlerOutcome;
  readonly summary: string | null;
}

/** Starts the program with what it is to do on its standard input, and reads from its lines how it ended. */
export async function runPlugin(
  context: HandlerContext,
  { type, argv, folder, env }: PluginProgram,
  config: Readonly<Record<string, unknown>>,
): Promise<PluginOutcome> {
  const { files, names } = context;
  const input = join(files.folder, `${names.attempt}.input.jsonl`);
  let summary: string | null = null;
  const read = (ended: Ended, tookMs: Millis | null): HandlerOutcome => {
    const { end = null } = ended.plugin ?? {};
    if (end?.kind === 'result' && end.summary !== null)
      summary = context.secrets?.masker.text(end.summary) ?? end.summary;
    return outcomeOf(context, ended, tookMs);
  };
  try {
    writeInput(input, context, { type, config });
    const plan = { argv, cwd: folder, env: environmentOf(context, env) };
    const outcome = await conduct(context, plan, { input, isPlugin: true, read });
    return { outcome, summary };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    const why = `What the plugin reads could not be written: ${message}.`;
    return { outcome: notStarted('unavailable', why, { retryable: true }), summary };
  } finally {
    // It may hold what only the program is to know.
    rmSync(input, { force: true });
  }
}

/** Two lines: who speaks, and what is to be done. */
function writeInput(
  path: string,
  context: HandlerContext,
  { type, config }: { readonly type: string; readonly config: Readonly<Record<string, unknown>> },
): void {
  const { names, parameters, files, timeoutMs, ports } = context;
  const lines = [
    { kind: 'hello', protocol: pluginProtocol },
    {
      kind: 'execute',
      type,
      config,
      parameters,
      job_id: names.jobId,
      run_id: names.runId,
      occurrence_key: names.occurrenceKey,
      attempt: names.attempt,
      fence: names.fence,
      due_at: names.dueAt === null ? null : formatInstant(names.dueAt),
      deadline_at: timeoutMs === null ? null : formatInstant(ports.clock.wall() + timeoutMs),
      artifacts_dir: files.artifacts,
    },
  ];
  mkdirSync(files.folder, { recursive: true, mode: 0o700 });
  writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 });
}

function outcomeOf(context: HandlerContext, ended: Ended, tookMs: Millis | null): HandlerOutcome {
  const outside = endFromOutside(context, ended);
  if (outside !== null) return outside;
  const { exitCode, signal } = ended;
  const { end = null, lines = 0 } = ended.plugin ?? {};
  const facts = { exitCode, signal, measured: measure(ended) };
  const detail = detailOf(ended);
  if (end === null) return failed(silentEnd({ ended, lines, tookMs }), { ...facts, reason: 'protocol_broken' });
  if (end.kind === 'broken') {
    const category = end.wrongVersion ? 'config_error' : 'script_error';
    const failure = { category, message: `The plugin broke its protocol. ${end.message}`, detail } as const;
    return failed(failure, { ...facts, reason: 'protocol_broken', retryable: !end.wrongVersion });
  }
  if (end.kind === 'fail') return told(end, detail, facts);
  if (exitCode === 0) return succeeded({ ...facts, result: end.result });
  const how = exitFailure({ exitCode, signal, tookMs, detail }).message;
  const message = `The plugin broke its protocol. It told a result and then ended otherwise than with exit 0: ${how}.`;
  return failed({ category: 'script_error', message, detail }, { ...facts, reason: 'protocol_broken' });
}

/** It ended, and never said with what. */
function silentEnd(of: { readonly ended: Ended; readonly lines: number; readonly tookMs: Millis | null }) {
  const { ended, lines, tookMs } = of;
  const { exitCode, signal } = ended;
  const failure = exitFailure({ exitCode, signal, tookMs, detail: detailOf(ended) });
  const expected = 'expected one result or fail as its last line';
  const came = lines === 0 ? 'it wrote no line' : `the last of its ${lines} lines was neither`;
  const category = exitCode === 0 ? ('script_error' as const) : failure.category;
  return { ...failure, category, message: `${failure.message} without a final line: ${expected}, ${came}.` };
}

function told(
  end: Extract<PluginEnd, { kind: 'fail' }>,
  stderr: string | null,
  facts: Partial<HandlerOutcome>,
): HandlerOutcome {
  const { message, category, retryable, retryAfterSeconds: after, detail } = end;
  const failure = { category: category ?? categorise({ text: message }), message, detail: detail ?? stderr };
  return failed(failure, { ...facts, retryable, ...(after === null ? {} : { retryAfterMs: after * 1000 }) });
}
