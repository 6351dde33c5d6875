/** A job as a person gives it: most of it optional. Turned into a whole definition here, checked elsewhere. */
import { isDeepStrictEqual } from 'node:util';
import { invalidField } from '../errors.ts';
import { readAssertions } from '../handlers/http-assertions.ts';
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import { withDefaults } from '../job-types/check-config.ts';
import { pluginBreaker, type JobType } from '../job-types/job-type.ts';
import {
  isBuiltIn,
  type BuiltInTarget,
  type BuiltInType,
  type CatchUp,
  type HttpConfig,
  type JobDefinition,
  type JobTarget,
  type Parameter,
  type RetryPolicy,
} from '../model/job.ts';
import { defaultBreaker, type Breaker } from '../model/trouble.ts';
import { breakerOfType, breakerSettingsOf } from '../policy/breaker.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import type { OperationContext } from './context.ts';
import { comesAlone } from '../job-types/registry.ts';
import { splitArguments } from './split-arguments.ts';

/** A schedule as it comes in; an element is matched to a stored one by `uuid`, else `name`, else place. */
export interface ScheduleInput {
  readonly uuid?: string;
  readonly name?: string | null;
  readonly active?: boolean;
  readonly priority?: number;
  readonly spec: ScheduleSpec;
}

type Given<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** Absent fields take their default in a new job and stay in a change; `null` clears. */
export type JobFields = Given<
  Omit<JobDefinition, 'type' | 'config' | 'catchUp' | 'retry' | 'parameters' | 'breaker'>
> & {
  readonly catchUp?: Given<CatchUp> | undefined;
  readonly retry?:
    | (Given<Omit<RetryPolicy, 'on'>> & { readonly on?: Given<RetryPolicy['on']> | undefined })
    | null
    | undefined;
  readonly breaker?: Given<Breaker> | null | undefined;
  readonly parameters?: readonly (Given<Parameter> & { readonly name: string })[] | undefined;
  readonly type?: string | undefined;
  /** Fields of the type's configuration; absent ones take their default, in a change too. */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  readonly schedules?: readonly ScheduleInput[] | undefined;
  readonly active?: boolean | undefined;
  /** A one-off may lie in the past: it then runs at once. */
  readonly allowPast?: boolean | undefined;
};

export type NewJob = JobFields & {
  readonly name: string;
  readonly type: string;
  readonly runOnCreate?: boolean | undefined;
};
export type JobChange = JobFields & { readonly changeNote?: string | null | undefined };

const defaults = {
  description: null,
  tags: [],
  timeoutSeconds: null,
  killGraceSeconds: 10,
  onLost: 'fail',
  overlap: 'skip',
  maxConcurrent: 1,
  priority: 'medium',
  queue: 'default',
  workerLabels: [],
  catchUp: { policy: 'last', windowSeconds: 86_400, max: 10 },
  retry: null,
  parameters: [],
  maxRuns: null,
  startDeadlineSeconds: null,
  lateAlertSeconds: null,
  source: null,
  containment: null,
  outputLimitPolicy: 'truncate',
  dependsOn: null,
  locks: [],
  artifacts: null,
  hooks: null,
  secrets: {},
} as const;

function text(config: Readonly<Record<string, unknown>>, name: string): string {
  const value = config[name];
  if (typeof value !== 'string')
    throw invalidField(`config.${name}`, value === undefined ? 'is needed' : 'must be a text');
  return value;
}

function textOrNull(config: Readonly<Record<string, unknown>>, name: string, path: string): string | null {
  const value = config[name] ?? null;
  if (value !== null && typeof value !== 'string') throw invalidField(`config.${path}`, 'must be a text or null');
  return value;
}

function texts(config: Readonly<Record<string, unknown>>, name: string): readonly string[] {
  const value = config[name] ?? [];
  if (typeof value === 'string') return splitArguments(value, `config.${name}`);
  if (!Array.isArray(value) || !value.every((item): item is string => typeof item === 'string'))
    throw invalidField(`config.${name}`, 'must be a list of texts, or one text');
  return value;
}

function record(config: Readonly<Record<string, unknown>>, name: string): Readonly<Record<string, string>> {
  const value = config[name] ?? {};
  if (typeof value !== 'object' || Array.isArray(value))
    throw invalidField(`config.${name}`, 'must be names with texts');
  for (const [key, item] of Object.entries(value))
    if (typeof item !== 'string') throw invalidField(`config.${name}.${key}`, 'must be a text');
  return value as Readonly<Record<string, string>>;
}

/** Absent when there are none, as in versions older than the field: sending nothing again changes nothing. */
function assertionsIn(config: Readonly<Record<string, unknown>>): Pick<HttpConfig, 'assertions'> {
  const assertions = readAssertions(config['assertions'] ?? []);
  return assertions.length === 0 ? {} : { assertions };
}

function builtInTarget(type: BuiltInType, config: Readonly<Record<string, unknown>>): BuiltInTarget {
  switch (type) {
    case 'script':
      return {
        type,
        config: {
          script: text(config, 'script'),
          args: texts(config, 'args'),
          env: record(config, 'env'),
          workingDir: textOrNull(config, 'workingDir', 'working_dir'),
        },
      };
    case 'command':
      return {
        type,
        config: {
          argv: texts(config, 'argv'),
          env: record(config, 'env'),
          workingDir: textOrNull(config, 'workingDir', 'working_dir'),
        },
      };
    case 'http': {
      const expected = config['expectedStatus'] ?? null;
      if (
        expected !== null &&
        !(Array.isArray(expected) && expected.every((status): status is number => Number.isInteger(status)))
      )
        throw invalidField('config.expected_status', 'must be a list of numbers, or null');
      const method = config['method'] === undefined ? 'GET' : text(config, 'method').toUpperCase();
      return {
        type,
        config: {
          method,
          url: text(config, 'url'),
          headers: record(config, 'headers'),
          body: textOrNull(config, 'body', 'body'),
          expectedStatus: expected,
          ...assertionsIn(config),
        },
      };
    }
    case 'function':
      return { type, config: { name: text(config, 'name') } };
  }
}

/** What a plugin's type does not know is refused later, with the rest that is wrong. */
function targetOf(
  type: string,
  config: Readonly<Record<string, unknown>>,
  { jobTypes = comesAlone }: OperationContext,
): JobTarget {
  if (isBuiltIn(type)) return builtInTarget(type, config);
  const refusal = jobTypes.refusal(type);
  if (refusal !== null) throw invalidField('type', refusal, 'type_unknown');
  const schema = jobTypes.get(type)?.schema;
  return { type, config: schema === undefined ? config : withDefaults(schema, config) };
}

function retryOf(given: NonNullable<JobFields['retry']>, { retryDefaults }: OperationContext): RetryPolicy {
  return {
    maxAttempts: given.maxAttempts ?? retryDefaults.maxAttempts,
    strategy: given.strategy ?? 'fixed',
    delaySeconds: given.delaySeconds ?? retryDefaults.delaySeconds,
    maxDelaySeconds: given.maxDelaySeconds === undefined ? 3600 : given.maxDelaySeconds,
    maxTotalSeconds: given.maxTotalSeconds ?? null,
    delaysSeconds: given.delaysSeconds ?? null,
    on: { exitCodes: null, httpStatus: null, timedOut: true, ...withoutAbsent(given.on ?? {}) },
  };
}

function parameterOf(given: Given<Parameter> & { readonly name: string }): Parameter {
  return {
    name: given.name,
    type: given.type ?? 'string',
    required: given.required ?? false,
    default: given.default ?? null,
    choices: given.choices ?? null,
    pattern: given.pattern ?? null,
    description: given.description ?? null,
  };
}

function newTarget(fields: JobFields, before: JobDefinition | null, context: OperationContext): JobTarget {
  const type = fields.type ?? before?.type;
  if (type === undefined) throw invalidField('type', 'is needed');
  const keeps = before !== null && fields.config === undefined && type === before.type;
  return keeps ? ({ type, config: before.config } as JobTarget) : targetOf(type, fields.config ?? {}, context);
}

function newRetry(
  given: JobFields['retry'],
  before: RetryPolicy | null,
  context: OperationContext,
): RetryPolicy | null {
  if (given === undefined) return before;
  return given === null ? null : retryOf(given, context);
}

/** What a new job takes from its type where its author says nothing. */
function ofType({ type }: JobTarget, context: OperationContext): Partial<JobDefinition> {
  const own: JobType['defaults'] | undefined = (context.jobTypes ?? comesAlone).get(type)?.defaults;
  if (own === undefined) return {};
  const { retry, timeoutSeconds } = own;
  return { timeoutSeconds, retry: retry === null ? null : retryOf(retry, context) };
}

/** For the job of that owner: what they have of their own counts there. */
export function forOwner(context: OperationContext, ownerId: Id | null): OperationContext {
  return { ...context, breaker: breakerSettingsOf(ownerId, context.breaker ?? defaultBreaker) };
}

/** The whole definition of a new job, or of a changed one over what it was. @throws `invalid`, `type_unknown` */
export function definitionOf(
  fields: JobFields,
  before: JobDefinition | null,
  context: OperationContext,
): JobDefinition {
  const target = newTarget(fields, before, context);
  const base = (before ?? { ...defaults, ...ofType(target, context) }) as Readonly<Record<string, unknown>>;
  const pick = <K extends keyof typeof defaults | 'name'>(name: K): JobDefinition[K] => {
    const given = (fields as Readonly<Record<string, unknown>>)[name];
    return (given === undefined ? base[name] : given) as JobDefinition[K];
  };
  const catchUp = { ...(base['catchUp'] as CatchUp), ...withoutAbsent(fields.catchUp ?? {}) };
  return {
    ...target,
    name: pick('name'),
    description: pick('description'),
    tags: pick('tags'),
    timeoutSeconds: pick('timeoutSeconds'),
    killGraceSeconds: pick('killGraceSeconds'),
    onLost: pick('onLost'),
    overlap: pick('overlap'),
    maxConcurrent: pick('maxConcurrent'),
    priority: pick('priority'),
    queue: pick('queue'),
    workerLabels: pick('workerLabels'),
    catchUp,
    retry: newRetry(fields.retry, base['retry'] as RetryPolicy | null, context),
    parameters:
      fields.parameters === undefined
        ? (base['parameters'] as readonly Parameter[])
        : fields.parameters.map(parameterOf),
    maxRuns: pick('maxRuns'),
    startDeadlineSeconds: pick('startDeadlineSeconds'),
    lateAlertSeconds: pick('lateAlertSeconds'),
    containment: pick('containment') ?? null,
    outputLimitPolicy: pick('outputLimitPolicy') ?? 'truncate',
    dependsOn: pick('dependsOn') ?? null,
    artifacts: pick('artifacts') ?? null,
    hooks: pick('hooks') ?? null,
    source: pick('source'),
    ...newBreaker(fields.breaker, { type: target.type, before, context }),
    locks: pick('locks') ?? [],
    ...provisionedOf(fields, before),
    ...secretsOf(fields, before),
  };
}

/** A job without secrets has no such field. */
function secretsOf({ secrets }: JobFields, before: JobDefinition | null): Pick<JobDefinition, 'secrets'> {
  const named = secrets ?? before?.secrets ?? {};
  return Object.keys(named).length === 0 ? {} : { secrets: named };
}

/** What a plugin asked for stays so; what came of a person's change is decided where it is written. */
function provisionedOf({ provisioned }: JobFields, before: JobDefinition | null): Pick<JobDefinition, 'provisioned'> {
  const kept = provisioned ?? before?.provisioned;
  return kept === undefined ? {} : { provisioned: kept };
}

/** Numbers left out are the type's own; all of them as the type has them stay with the settings. */
function newBreaker(
  given: JobFields['breaker'],
  {
    type,
    before,
    context,
  }: { readonly type: string; readonly before: JobDefinition | null; readonly context: OperationContext },
): Pick<JobDefinition, 'breaker'> {
  const kept = before === null ? breakerOfPlugin(type, context) : breakerIn(before);
  if (given === undefined) return kept;
  const settings = context.breaker ?? defaultBreaker;
  const ofType = breakerOfType(type, settings);
  if (given === null) return ofType === null ? {} : { breaker: null };
  const own = before === null ? kept.breaker : null;
  const breaker = { ...firstOf(own, ofType, settings), ...withoutAbsent(given) };
  return isDeepStrictEqual(breaker, ofType) ? {} : { breaker };
}

function breakerIn({ breaker }: JobDefinition): Pick<JobDefinition, 'breaker'> {
  return breaker === undefined ? {} : { breaker };
}

/** What numbers that are left out are: the plugin's, else those of the type, else those of all. */
function firstOf(own: Breaker | null | undefined, ofType: Breaker | null, settings: Breaker): Breaker {
  const { consecutive, recent, periodDays, policy } = own ?? ofType ?? settings;
  return { consecutive, recent, periodDays, policy };
}

/** What a plugin's type says of its own; one that says what all of them do leaves it to the settings. */
function breakerOfPlugin(type: string, context: OperationContext): Pick<JobDefinition, 'breaker'> {
  const said = isBuiltIn(type) ? undefined : (context.jobTypes ?? comesAlone).get(type)?.defaults.breaker;
  if (said === undefined || isDeepStrictEqual(said, pluginBreaker)) return {};
  return { breaker: said === null ? null : { ...said, policy: (context.breaker ?? defaultBreaker).policy } };
}

function withoutAbsent<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

/** A plain interval counts from its `start`; without one, from the moment of saving, in whole seconds. */
export function withStart(spec: ScheduleSpec, now: Instant): ScheduleSpec {
  if (spec.kind !== 'interval' || spec.start !== undefined || spec.anchor !== undefined) return spec;
  return { ...spec, start: Math.floor(now / 1000) * 1000 };
}
