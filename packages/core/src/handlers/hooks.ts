/**
 * Scripts before and after the main process, in one process tree: one log, one time limit, one end.
 *
 * A shell runs the three in turn. It lives through the signal that stops the tree, so that the last of them still runs in
 * the grace, and writes down how far it came: the worker reads it, as the end of the shell alone does not tell.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { JobTriggerError } from '../errors.ts';
import type { Failure } from '../model/run.ts';
import { readyScript, removeCopies, type ReadyScript } from './approved-script.ts';
import { failed, notStarted, stopReasonOf, type HandlerContext, type HandlerOutcome } from './handler.ts';
import { findProgram, invocationOf } from './interpreter.ts';
import type { ProcessPlan } from './process-attempt.ts';

const shellIn = (path: string): string | null => (process.platform === 'win32' ? null : findProgram('sh', path));

/** A plan with its hooks around it. */
export interface HookedPlan {
  readonly plan: ProcessPlan;
  /** What was made ready for it, to be taken away after its end. */
  readonly ready: readonly (ReadyScript | null)[];
}

/** The plan with its hooks around it, or why it cannot be made. Without hooks it is the plan itself. */
export async function withHooks(context: HandlerContext, plan: ProcessPlan): Promise<HookedPlan | HandlerOutcome> {
  const { before = null, after = null } = context.definition.hooks ?? {};
  if (before === null && after === null) return { plan, ready: [] };
  const path = plan.env['PATH'] ?? '';
  const shell = shellIn(path);
  if (shell === null)
    return notStarted('interpreter_missing', 'Hooks need a POSIX shell (sh), and this worker has none.');
  const first = await commandOf(context, before, path);
  if ('outcome' in first) return first;
  const last = await commandOf(context, after, path);
  const ready = [first.ready];
  if ('outcome' in last) {
    removeCopies(ready);
    return last;
  }
  const text = program({ before: first.argv, main: plan.argv, after: last.argv, files: hookFiles(context) });
  return { plan: { ...plan, argv: [shell, '-c', text, 'jtp-hooks'] }, ready: [...ready, last.ready] };
}

/** A hook with what starts it; both null for none. */
interface Command {
  readonly argv: readonly string[] | null;
  readonly ready: ReadyScript | null;
}

async function commandOf(
  context: HandlerContext,
  path: string | null,
  searched: string,
): Promise<Command | HandlerOutcome> {
  if (path === null) return { argv: null, ready: null };
  try {
    const ready = await readyScript(context, path);
    if ('outcome' in ready) return ready;
    const invocation = invocationOf(ready.script, [], context.ports.settings.interpreters, searched);
    if (!('missing' in invocation)) return { argv: invocation.argv, ready };
    removeCopies([ready]);
    return notStarted('interpreter_missing', invocation.message);
  } catch (error) {
    if (error instanceof JobTriggerError) return notStarted(error.code, error.message);
    throw error;
  }
}

interface HookFiles {
  /** What the shell writes: a line for each of the three that has ended. */
  readonly ends: string;
  /** Why the tree is stopped; absent when its time is over. */
  readonly stop: string;
}

function hookFiles({ files }: HandlerContext): HookFiles {
  return { ends: `${files.log}.hooks`, stop: `${files.log}.stop` };
}

/** Tells the hook `after` why the rest was stopped; written before the signal. */
export function tellHooksOfStop(context: HandlerContext): void {
  if ((context.definition.hooks?.after ?? null) === null) return;
  const why = stopReasonOf(context.signal);
  const outcome = why === 'timed_out' ? 'timed_out' : why === 'output_limit' ? 'failed' : 'cancelled';
  try {
    writeFileSync(hookFiles(context).stop, outcome);
  } catch (error) {
    context.ports.log.warn('the hook is not told why it ends', { error: (error as Error).message });
  }
}

/** What the shell wrote down decides whose failure it was: that of the main process, or of what came before it. */
export function outcomeWithHooks(context: HandlerContext, outcome: HandlerOutcome): HandlerOutcome {
  const before = context.definition.hooks?.before ?? null;
  if (before === null || outcome.outcome !== 'failed') return outcome;
  const code = beforeFailed(hookFiles(context).ends);
  if (code === null) return outcome;
  const message = `The hook ${before} ended with exit ${code}: the job itself was not started.`;
  const failure: Failure = {
    category: outcome.failure?.category ?? 'script_error',
    message,
    detail: outcome.failure?.detail ?? null,
  };
  return failed(failure, { ...outcome, outcome: 'failed', failure });
}

function beforeFailed(path: string): number | null {
  try {
    const code = Number(/^before (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1]);
    return code > 0 ? code : null;
  } catch {
    return null;
  }
}

/** As one word of a shell. */
const word = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
const command = (argv: readonly string[]): string => argv.map(word).join(' ');

interface Steps {
  readonly before: readonly string[] | null;
  readonly main: readonly string[];
  readonly after: readonly string[] | null;
  readonly files: HookFiles;
}

/** A shell that waits for a child hears a signal when the child has ended: the trap says that there was one. */
function program({ before, main, after, files }: Steps): string {
  const ends = word(files.ends);
  const first =
    before === null
      ? []
      : [`${command(before)}; code=$?; echo "before $code" >${ends}`, '[ "$code" = 0 ] || outcome=before_failed'];
  const last =
    after === null
      ? []
      : [
          `if [ -n "$stopped" ]; then outcome=timed_out; [ ! -f ${word(files.stop)} ] || outcome=$(cat ${word(files.stop)}); fi`,
          `( export JTP_OUTCOME="$outcome"; [ -n "$stopped" ] || export JTP_EXIT_CODE="$code"; exec ${command(after)} )`,
          'last=$?; [ "$last" = 0 ] || echo "The hook after the job ended with exit $last." >&2',
        ];
  return [
    'stopped=; outcome=succeeded; code=0',
    "trap 'stopped=1' TERM",
    ...first,
    'if [ "$outcome" = succeeded ] && [ -z "$stopped" ]; then',
    `  ${command(main)}; code=$?; echo "main $code" >>${ends}`,
    '  [ "$code" = 0 ] || outcome=failed',
    'fi',
    ...last,
    'exit "$code"',
  ].join('\n');
}
