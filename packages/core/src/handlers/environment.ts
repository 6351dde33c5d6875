/** The environment of a job's process: an allow-list of the worker's, the job's own, and the `JTP_*` variables. */
import { formatInstant, type Instant } from '../model/instant.ts';
import type { RunFiles } from '../spawner/log-path.ts';
import { hasControlCharacters } from './control-characters.ts';
import type { AttemptNames } from './handler.ts';

const passedOn = /^(?:PATH|HOME|LANG|LC_[A-Z]+|TZ|TMPDIR|USER|LOGNAME|SHELL)$/;
const passedOnWindows =
  /^(?:PATH|PATHEXT|SYSTEMROOT|SYSTEMDRIVE|COMSPEC|TEMP|TMP|USERPROFILE|USERNAME|APPDATA|LOCALAPPDATA|PROGRAMFILES|PROGRAMDATA|WINDIR)$/i;

/**
 * What side effects can be deduplicated by: `<schedule id>@<due instant>` where the run has an occurrence, else the id
 * of the run. The same for every attempt.
 */
export function occurrenceKey(of: { scheduleId: string | null; dueAt: Instant | null; runId: string }): string {
  return of.scheduleId === null || of.dueAt === null ? of.runId : `${of.scheduleId}@${formatInstant(of.dueAt)}`;
}

/** What a job's process is told, by variable. Absent values leave their variable out. */
export const jobVariables: Readonly<Record<string, string>> = {
  JTP_JOB_ID: 'Id of the job.',
  JTP_RUN_ID: 'Id of the run.',
  JTP_OCCURRENCE_KEY: 'The same for every attempt: the schedule and the due instant, else the id of the run.',
  JTP_ATTEMPT: 'Number of the attempt, from 1.',
  JTP_FENCE: 'Rises with every claim of the run; a resource that refuses smaller ones is safe from late writers.',
  JTP_DUE_AT: 'When the run was due, in UTC; absent without a schedule.',
  'JTP_PARAM_<NAME>': 'A parameter of the run, in capitals, `_` for what a variable cannot hold.',
  JTP_RESULT_FILE:
    'Leave JSON here, at most 256 KB: it becomes the result of the run; counts in its field `items` are shown.',
  JTP_ARTIFACTS_DIR: 'A folder of the attempt: what lies in it at the end is kept as artifacts.',
  JTP_UPSTREAM_FILE:
    'JSON: for each job that this one waits for, by name, its run_id, state and result; absent when it waits for none.',
  JTP_PROGRESS_FILE:
    'Append lines like {"percent":40,"phase":"load","message":"page 4 of 10","items":{"done":4}}; the last one counts.',
};

/** What the hook `after` is told besides. */
export const hookVariables: Readonly<Record<string, string>> = {
  JTP_OUTCOME: '`succeeded`, `failed`, `timed_out`, `cancelled`, or `before_failed`.',
  JTP_EXIT_CODE: 'The exit code of what came before; absent when nothing had ended by itself.',
};

export interface EnvironmentFacts {
  readonly hostEnv: Readonly<Record<string, string | undefined>>;
  /** The job's own; `JTP_*` in it is left out. */
  readonly jobEnv: Readonly<Record<string, string>>;
  readonly names: AttemptNames;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly files: RunFiles;
  /** There is a file of what its prerequisites came to. */
  readonly hasUpstream?: boolean;
  readonly windows?: boolean;
}

function passOn(hostEnv: EnvironmentFacts['hostEnv'], names: RegExp): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(hostEnv)) if (value !== undefined && names.test(name)) env[name] = value;
  return env;
}

export function buildEnvironment(facts: EnvironmentFacts): Record<string, string> {
  const { hostEnv, jobEnv, names, parameters, files, hasUpstream = false, windows = false } = facts;
  const env = passOn(hostEnv, windows ? passedOnWindows : passedOn);
  for (const [name, value] of Object.entries(jobEnv)) if (!isReserved(name)) env[name] = value;
  env['JTP_JOB_ID'] = names.jobId;
  env['JTP_RUN_ID'] = names.runId;
  env['JTP_OCCURRENCE_KEY'] = names.occurrenceKey;
  env['JTP_ATTEMPT'] = String(names.attempt);
  env['JTP_FENCE'] = String(names.fence);
  if (names.dueAt !== null) env['JTP_DUE_AT'] = formatInstant(names.dueAt);
  for (const [name, value] of Object.entries(parameters)) {
    const text = parameterText(value);
    if (text !== null) env[parameterVariable(name)] = text;
  }
  env['JTP_RESULT_FILE'] = files.result;
  env['JTP_ARTIFACTS_DIR'] = files.artifacts;
  env['JTP_PROGRESS_FILE'] = files.progress;
  if (hasUpstream) env['JTP_UPSTREAM_FILE'] = files.upstream;
  return env;
}

/** `JTP_PARAM_<NAME>`, in capitals, with `_` for what a variable's name cannot hold. */
export function parameterVariable(name: string): string {
  return `JTP_PARAM_${name.toUpperCase().replaceAll(/[^A-Z0-9_]/g, '_')}`;
}

function parameterText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isReserved(name: string): boolean {
  return name.toUpperCase().startsWith('JTP_');
}

/** Why an environment entry is refused: never, or to everyone but an administrator. */
export interface NameRefusal {
  readonly adminOnly: boolean;
  readonly message: string;
}

const steering = new RegExp(
  `^(?:${[
    'LD_.*',
    'DYLD_.*',
    'NODE_OPTIONS',
    'NODE_PATH',
    'BASH_ENV',
    'ENV',
    'BASH_FUNC_.*',
    'SHELLOPTS',
    'BASHOPTS',
    'PS4',
    'PYTHONSTARTUP',
    'PYTHONPATH',
    'PYTHONHOME',
    'PERL5OPT',
    'PERL5LIB',
    'RUBYOPT',
    'RUBYLIB',
    'JAVA_TOOL_OPTIONS',
    '_JAVA_OPTIONS',
    'GIT_SSH.*',
    'GIT_CONFIG.*',
    'GIT_EXEC_PATH',
    'PATH',
    'IFS',
    'PROMPT_COMMAND',
  ].join('|')})$`,
  'i',
);

/** Whether a job's definition may name this variable; null when anybody's may (`SECURITY.md` E3). */
export function refuseVariable(name: string): NameRefusal | null {
  if (name === '') return { adminOnly: false, message: 'A variable needs a name.' };
  if (name.includes('=') || hasControlCharacters(name))
    return { adminOnly: false, message: 'A name may not hold = or control characters.' };
  if (isReserved(name)) return { adminOnly: false, message: 'Names that begin with JTP_ are set by the portal.' };
  if (steering.test(name))
    return { adminOnly: true, message: `${name} changes how programs start; only an administrator may set it.` };
  return null;
}
