/** A job while it is being written: text as people type it, and back to what the contract names. */
import type { HttpAssertion, Job, JobInput } from 'job-trigger-contract';
import {
  draftOf as scheduleDraftOf,
  inputOf as scheduleInputOf,
  withKind,
  type ScheduleDraft,
} from '../schedule/schedule-draft.ts';

type Config = Readonly<Record<string, unknown>>;

/** A row of environment or headers; rows with the same name may stand while they are written. */
export interface Pair {
  readonly name: string;
  readonly value: string;
}

export interface JobDraft {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly type: Job['type'];
  readonly script: string;
  /** As each reaches the process. */
  readonly args: readonly string[];
  /** The program and its arguments. */
  readonly argv: readonly string[];
  readonly env: readonly Pair[];
  readonly workingDir: string;
  readonly functionName: string;
  readonly method: string;
  readonly url: string;
  readonly headers: readonly Pair[];
  readonly body: string;
  /** Numbers with commas between; empty for any 2xx. */
  readonly expectedStatus: string;
  /** Of a plugin's type: what its form holds, and what is sent of it. */
  readonly pluginConfig: Config;
  readonly config: Config;
  readonly assertions: readonly HttpAssertion[];
  readonly timeoutSeconds: number | '';
  readonly killGraceSeconds: number;
  readonly onLost: Job['on_lost'];
  readonly overlap: Job['overlap'];
  readonly maxConcurrent: number | '';
  readonly priority: Job['priority'];
  readonly queue: string;
  readonly workerLabels: readonly string[];
  readonly locks: readonly string[];
  readonly containment: Job['containment'];
  readonly outputLimitPolicy: Job['output_limit_policy'];
  /** Scripts around the main one; empty for none. */
  readonly hookBefore: string;
  readonly hookAfter: string;
  /** Null takes the settings. Fields that the form does not show travel along. */
  readonly artifacts: Job['artifacts'];
  readonly catchUp: Job['catch_up'];
  /** Null for no retry. Fields that the form does not show travel along. */
  readonly retry: Config | null;
  /** Null is off; undefined is what the settings say. */
  readonly breaker: Job['breaker'] | undefined;
  /** Empty follows the schedule, 0 is never. */
  readonly lateAlertSeconds: number | '';
  readonly parameters: readonly Config[];
  readonly schedules: readonly ScheduleDraft[];
  /** Null waits for no other job. */
  readonly dependsOn: Job['depends_on'];
  /** Variables with the names of secrets. */
  readonly secrets: readonly Pair[];
}

const builtIn: ReadonlySet<string> = new Set(['script', 'command', 'http', 'function']);

/** Whether the type is one that a plugin adds. */
export const isPluginType = (type: string): boolean => !builtIn.has(type);

export const emptyDraft: JobDraft = {
  name: '',
  description: '',
  tags: [],
  type: 'script',
  script: '',
  args: [],
  argv: [],
  env: [],
  workingDir: '',
  functionName: '',
  method: 'GET',
  url: '',
  headers: [],
  body: '',
  expectedStatus: '',
  pluginConfig: {},
  config: {},
  assertions: [],
  timeoutSeconds: '',
  killGraceSeconds: 10,
  onLost: 'fail',
  overlap: 'skip',
  maxConcurrent: 1,
  priority: 'medium',
  queue: 'default',
  workerLabels: [],
  locks: [],
  containment: null,
  outputLimitPolicy: 'truncate',
  hookBefore: '',
  hookAfter: '',
  artifacts: null,
  catchUp: { policy: 'last', window_seconds: 86_400, max: 10 },
  retry: null,
  breaker: undefined,
  lateAlertSeconds: '',
  parameters: [],
  schedules: [],
  dependsOn: null,
  secrets: [],
};

/** A new job as the address asks for it: the sample's script and name, a day's rhythm, an HTTP call. */
export function startedAs(
  asked: Readonly<Record<'script' | 'name' | 'type' | 'schedule', string | undefined>>,
): JobDraft {
  return {
    ...emptyDraft,
    type: asked.type === 'http' ? 'http' : 'script',
    script: asked.script ?? '',
    name: asked.name ?? '',
    schedules: asked.schedule === 'daily' ? [withKind(null, 'daily')] : [],
  };
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const pairs = (value: unknown): readonly Pair[] =>
  Object.entries((value ?? {}) as Readonly<Record<string, string>>).map(([name, one]) => ({ name, value: one }));
const list = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);

/** Numbers that may be left empty. */
const numbersOf = (job: Job): Pick<JobDraft, 'timeoutSeconds' | 'maxConcurrent' | 'lateAlertSeconds'> => ({
  timeoutSeconds: job.timeout_seconds ?? '',
  maxConcurrent: job.max_concurrent ?? '',
  lateAlertSeconds: job.late_alert_seconds ?? '',
});

const hooksIn = ({ hooks }: Job): Pick<JobDraft, 'hookBefore' | 'hookAfter'> => ({
  hookBefore: hooks?.before ?? '',
  hookAfter: hooks?.after ?? '',
});

/** The saved job as text; a copy leaves out what names the original. */
export function draftOf(job: Job, { copy = false }: { readonly copy?: boolean } = {}): JobDraft {
  const config: Config = job.config;
  const schedules = job.schedules.map(scheduleDraftOf);
  return {
    ...emptyDraft,
    name: copy ? `${job.name} (copy)` : job.name,
    description: job.description ?? '',
    tags: job.tags,
    type: job.type,
    script: text(config['script']),
    args: list(config['args']),
    argv: list(config['argv']),
    env: pairs(config['env']),
    workingDir: text(config['working_dir']),
    functionName: text(config['name']),
    method: text(config['method']) || 'GET',
    url: text(config['url']),
    headers: pairs(config['headers']),
    body: text(config['body']),
    expectedStatus: Array.isArray(config['expected_status']) ? config['expected_status'].join(', ') : '',
    pluginConfig: config,
    config,
    assertions: (config['assertions'] ?? []) as readonly HttpAssertion[],
    killGraceSeconds: job.kill_grace_seconds,
    onLost: job.on_lost,
    overlap: job.overlap,
    priority: job.priority,
    queue: job.queue,
    workerLabels: job.worker_labels,
    locks: job.locks,
    containment: job.containment,
    outputLimitPolicy: job.output_limit_policy,
    ...hooksIn(job),
    artifacts: job.artifacts,
    catchUp: job.catch_up,
    retry: job.retry,
    breaker: job.breaker,
    ...numbersOf(job),
    dependsOn: job.depends_on,
    secrets: pairs(job.secrets),
    parameters: job.parameters,
    schedules: copy ? schedules.map(({ id: _id, ...rest }) => rest as unknown as ScheduleDraft) : schedules,
  };
}

/** Without the empty rows at its end, which nobody wrote; an empty one between others is an argument. */
function written(values: readonly string[]): string[] {
  const last = values.findLastIndex((value) => value !== '');
  return values.slice(0, last + 1);
}

function recordOf(rows: readonly Pair[]): Record<string, string> {
  const named = rows.map(({ name, value }) => [name.trim(), value] as const);
  return Object.fromEntries(named.filter(([name, value]) => name !== '' || value !== ''));
}

function configOf(draft: JobDraft): Config {
  const place = { env: recordOf(draft.env), working_dir: draft.workingDir === '' ? null : draft.workingDir };
  switch (draft.type) {
    case 'script':
      return { script: draft.script, args: written(draft.args), ...place };
    case 'command':
      return { argv: written(draft.argv), ...place };
    case 'function':
      return { name: draft.functionName };
    case 'http': {
      const statuses = draft.expectedStatus.split(/[\s,]+/).filter((one) => one !== '');
      return {
        method: draft.method,
        url: draft.url,
        headers: recordOf(draft.headers),
        body: draft.body === '' ? null : draft.body,
        expected_status: statuses.length === 0 ? null : statuses.map(Number),
        ...(draft.assertions.length === 0 ? {} : { assertions: draft.assertions }),
      };
    }
    default:
      return draft.config;
  }
}

function hooksOf({ type, hookBefore, hookAfter }: JobDraft): JobInput['hooks'] {
  const isProcess = type === 'script' || type === 'command';
  const [before, after] = [hookBefore, hookAfter].map((path) => (path.trim() === '' ? null : path.trim()));
  return !isProcess || (before === null && after === null) ? null : { before, after };
}

/** What is sent; the server checks it and names the field that is wrong. */
export function inputOf(draft: JobDraft): JobInput {
  return {
    name: draft.name,
    description: draft.description === '' ? null : draft.description,
    tags: [...draft.tags],
    type: draft.type,
    config: configOf(draft),
    schedules: draft.schedules.map(scheduleInputOf),
    timeout_seconds: draft.timeoutSeconds === '' ? null : draft.timeoutSeconds,
    kill_grace_seconds: draft.killGraceSeconds,
    on_lost: draft.onLost,
    overlap: draft.overlap,
    max_concurrent: draft.overlap === 'allow' ? (draft.maxConcurrent === '' ? null : draft.maxConcurrent) : 1,
    priority: draft.priority,
    queue: draft.queue,
    worker_labels: [...draft.workerLabels],
    locks: [...draft.locks],
    containment: draft.containment,
    output_limit_policy: draft.outputLimitPolicy,
    hooks: hooksOf(draft),
    artifacts: draft.artifacts,
    catch_up: draft.catchUp,
    retry: draft.retry,
    ...(draft.breaker === undefined ? {} : { breaker: draft.breaker }),
    late_alert_seconds: draft.lateAlertSeconds === '' ? null : draft.lateAlertSeconds,
    depends_on: draft.dependsOn,
    secrets: recordOf(draft.secrets),
    parameters: draft.parameters as unknown as NonNullable<JobInput['parameters']>,
  };
}
