/** Refuses a job that could not run or would not be understood, naming every field at fault with its path on the wire. */
import { isDeepStrictEqual } from 'node:util';
import { JobTriggerError, type ErrorCode, type FieldError } from '../errors.ts';
import { allowList } from '../handlers/address.ts';
import { refuseVariable } from '../handlers/environment.ts';
import { checkHttpConfig } from '../handlers/http-rules.ts';
import { resolveFolder, resolveScript } from '../handlers/script-file.ts';
import { configFaults } from '../job-types/check-config.ts';
import { comesAlone } from '../job-types/registry.ts';
import type { Instant } from '../model/instant.ts';
import { dependencyModes, fieldOfResult, mostPrerequisites } from '../model/dependency.ts';
import {
  hasBuiltInType,
  type CommandConfig,
  type JobDefinition,
  type Parameter,
  type PluginTarget,
  type RetryPolicy,
} from '../model/job.ts';
import { refuseValue } from '../model/process-entry.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { writtenSpec } from '../schedule/resolve.ts';
import { validateSchedule } from '../schedule/validate.ts';
import type { OperationContext } from './context.ts';
import type { ScheduleInput } from './job-input.ts';
import { faultsOfSecrets } from './validate-secrets.ts';
import { fitsPattern, refusePattern } from '../model/value-pattern.ts';

interface Finding extends FieldError {
  readonly code: ErrorCode;
}

/** Collects what is wrong, so that a person sees all of it at once. */
class Findings {
  readonly all: Finding[] = [];

  add(path: string, message: string, code: ErrorCode = 'invalid'): void {
    this.all.push({ path, message, code });
  }

  /** Runs a check that throws; its fields are put below `prefix`. */
  collect(prefix: string, check: () => unknown): void {
    try {
      check();
    } catch (error) {
      if (!(error instanceof JobTriggerError)) throw error;
      const fields = error.fields.length > 0 ? error.fields : [{ path: '', message: error.message }];
      for (const { path, message } of fields)
        this.add([prefix, path].filter((part) => part !== '').join('.'), message, error.code);
    }
  }

  throwIfAny(): void {
    const [first, ...more] = this.all;
    if (first === undefined) return;
    const code = more.every((finding) => finding.code === first.code) ? first.code : 'invalid';
    throw new JobTriggerError(code, `${first.path}: ${first.message}`, {
      fields: this.all.map(({ path, message }) => ({ path, message })),
    });
  }
}

/** Control characters and those that turn the direction of text (Unicode Bidi_Control) make one name look like another. */
const unseen = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;
const plainWord = /^[\p{L}\p{N}][\p{L}\p{N} ._:/@+-]*$/u;

function checkName(name: string, findings: Findings): void {
  const length = Array.from(name).length;
  if (name.trim() === '') findings.add('name', 'needs at least one visible character');
  else if (length > 100) findings.add('name', `has ${length} characters; 100 are allowed`);
  else if (unseen.test(name)) findings.add('name', 'holds control or direction characters that nobody can see');
  else if (name !== name.trim()) findings.add('name', 'begins or ends with a space');
}

function checkWord(path: string, word: string, findings: Findings): void {
  if (!plainWord.test(word) || word.length > 50)
    findings.add(path, `'${word.slice(0, 40)}' is not 1 to 50 letters, digits or . _ : / @ + -`);
}

function checkWords(path: string, words: readonly string[], findings: Findings): void {
  words.forEach((word, at) => checkWord(`${path}.${at}`, word, findings));
  if (new Set(words).size !== words.length) findings.add(path, 'names something twice');
}

function checkRange(
  path: string,
  value: number | null,
  least: number,
  most: number,
  findings: Findings,
  whole = false,
): void {
  if (value === null) return;
  if (!Number.isFinite(value) || value < least || value > most || (whole && !Number.isInteger(value)))
    findings.add(path, `must be a ${whole ? 'whole ' : ''}number from ${least} to ${most}`);
}

function checkEnvironment(env: Readonly<Record<string, string>>, findings: Findings): void {
  for (const [name, value] of Object.entries(env)) {
    // Who may create jobs at all is an administrator until roles are told apart.
    const refusal = refuseVariable(name);
    if (refusal !== null && !refusal.adminOnly) findings.add(`config.env.${name}`, refusal.message);
    const wrong = refuseValue(name, value);
    if (wrong !== null) findings.add(`config.env.${name}`, wrong);
  }
}

function checkArguments(path: string, args: readonly string[], findings: Findings): void {
  args.forEach((argument, at) => {
    const wrong = refuseValue('', argument);
    if (wrong !== null) findings.add(`${path}.${at}`, wrong);
  });
}

/** A type that no plugin of this installation adds is refused whatever its configuration says. */
function checkPlugin(
  { type, config }: PluginTarget,
  { jobTypes = comesAlone }: OperationContext,
  findings: Findings,
): void {
  const refusal = jobTypes.refusal(type);
  if (refusal !== null) return findings.add('type', refusal, 'type_unknown');
  const schema = jobTypes.get(type)?.schema;
  if (schema === undefined) return;
  for (const { path, message } of configFaults(schema, config)) findings.add(path, message);
}

function checkCommand({ argv, env }: CommandConfig, { allowCommand }: OperationContext, findings: Findings): void {
  if (!allowCommand)
    findings.add('type', 'commands are off in this installation (security.allow_command)', 'command_not_allowed');
  if (argv.length === 0 || argv[0] === '') findings.add('config.argv', 'needs the program to start');
  checkArguments('config.argv', argv, findings);
  checkEnvironment(env, findings);
}

function checkTarget(definition: JobDefinition, context: OperationContext, findings: Findings): void {
  const { scriptsDir, scriptRules } = context;
  if (!hasBuiltInType(definition)) return checkPlugin(definition, context, findings);
  switch (definition.type) {
    case 'script':
      findings.collect('', () =>
        withPath('config.script', () => resolveScript(scriptsDir, definition.config.script, scriptRules)),
      );
      findings.collect('', () =>
        withPath('config.working_dir', () => resolveFolder(scriptsDir, definition.config.workingDir)),
      );
      checkArguments('config.args', definition.config.args, findings);
      return checkEnvironment(definition.config.env, findings);
    case 'command':
      return checkCommand(definition.config, context, findings);
    case 'http':
      return findings.collect('', () => checkHttpConfig(definition.config, allowList(context.outgoingAllow)));
    case 'function':
      if (definition.config.name.trim() === '' || definition.config.name.length > 200)
        findings.add('config.name', 'must be 1 to 200 characters');
  }
}

/** The same refusal, told of another field. */
function withPath(path: string, check: () => unknown): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof JobTriggerError)) throw error;
    throw new JobTriggerError(
      error.code,
      error.message,
      { fields: [{ path, message: error.message }] },
      { cause: error },
    );
  }
}

function checkArtifacts({ artifacts }: JobDefinition, findings: Findings): void {
  if (artifacts === undefined || artifacts === null) return;
  checkRange('artifacts.keep', artifacts.keep, 1, 100_000, findings, true);
  checkRange('artifacts.days', artifacts.days, 1, 3650, findings, true);
  checkRange('artifacts.max_files', artifacts.maxFiles, 0, 10_000, findings, true);
  checkRange('artifacts.max_bytes', artifacts.maxBytes, 0, Number.MAX_SAFE_INTEGER, findings, true);
}

function checkHooks({ hooks, type }: JobDefinition, context: OperationContext, findings: Findings): void {
  if (hooks === undefined || hooks === null) return;
  if (type !== 'script' && type !== 'command') findings.add('hooks', 'are for jobs of type script and command');
  for (const [name, path] of Object.entries(hooks))
    if (path !== null)
      findings.collect('', () =>
        withPath(`hooks.${name}`, () => resolveScript(context.scriptsDir, path, context.scriptRules)),
      );
}

function checkRetry(retry: RetryPolicy | null, findings: Findings): void {
  if (retry === null) return;
  checkRange('retry.max_attempts', retry.maxAttempts, 1, 100, findings, true);
  checkRange('retry.delay_seconds', retry.delaySeconds, 0, 604_800, findings);
  checkRange('retry.max_delay_seconds', retry.maxDelaySeconds, 0, 604_800, findings);
  checkRange('retry.max_total_seconds', retry.maxTotalSeconds, 0, 31_622_400, findings);
  if (retry.strategy === 'custom' && (retry.delaysSeconds === null || retry.delaysSeconds.length === 0))
    findings.add('retry.delays_seconds', 'is needed by the strategy custom');
  retry.delaysSeconds?.forEach((delay, at) => checkRange(`retry.delays_seconds.${at}`, delay, 0, 604_800, findings));
}

function checkBreaker(breaker: JobDefinition['breaker'], findings: Findings): void {
  if (breaker === undefined || breaker === null) return;
  checkRange('breaker.consecutive', breaker.consecutive, 1, 100, findings, true);
  checkRange('breaker.recent', breaker.recent, 1, 100, findings, true);
  checkRange('breaker.period_days', breaker.periodDays, 1, 90, findings, true);
  if (breaker.consecutive === null && breaker.recent === null)
    findings.add('breaker', 'needs consecutive or recent; null switches it off');
}

function checkParameter(parameter: Parameter, path: string, findings: Findings): void {
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(parameter.name))
    findings.add(
      `${path}.name`,
      `'${parameter.name.slice(0, 40)}' is not letters, digits and _, beginning with a letter`,
    );
  const pattern = parameter.pattern ?? '';
  const unreadable = pattern.length > 500 ? 'has more than 500 characters' : refusePattern(pattern);
  if (unreadable !== null) findings.add(`${path}.pattern`, unreadable);
  if (parameter.choices !== null && parameter.choices.length === 0)
    findings.add(`${path}.choices`, 'must name at least one value, or be null');
  const strange = parameter.choices?.find((choice) => typeof choice !== typeOfValue[parameter.type]);
  if (strange !== undefined) findings.add(`${path}.choices`, `'${strange}' is no ${parameter.type}`);
  if (parameter.default !== null) checkDefault(parameter.default, parameter, `${path}.default`, findings);
}

const typeOfValue = { string: 'string', boolean: 'boolean', number: 'number', integer: 'number' } as const;

function checkDefault(
  value: NonNullable<Parameter['default']>,
  { type, choices, pattern }: Parameter,
  path: string,
  findings: Findings,
): void {
  if (typeof value !== typeOfValue[type]) findings.add(path, `is no ${type}`);
  if (choices !== null && !choices.some((choice) => choice === value)) findings.add(path, 'is none of the choices');
  const text = String(value);
  if (pattern !== null && refusePattern(pattern) === null && !fitsPattern(pattern, text))
    findings.add(path, `does not match ${pattern}`);
}

function checkPolicies(definition: JobDefinition, findings: Findings): void {
  checkRange('timeout_seconds', definition.timeoutSeconds, 1, 604_800, findings);
  checkRange('kill_grace_seconds', definition.killGraceSeconds, 0, 3600, findings);
  checkRange('max_concurrent', definition.maxConcurrent, 1, 1000, findings, true);
  if (definition.maxConcurrent === null && definition.overlap !== 'allow')
    findings.add('max_concurrent', 'can be null only when overlap is allow');
  if (definition.maxConcurrent !== null && definition.maxConcurrent > 1 && definition.overlap !== 'allow')
    findings.add('max_concurrent', `more than one at a time needs overlap allow, not ${definition.overlap}`);
  checkRange('catch_up.window_seconds', definition.catchUp.windowSeconds, 0, 31_622_400, findings, true);
  checkRange('catch_up.max', definition.catchUp.max, 1, 1000, findings, true);
  checkRange('max_runs', definition.maxRuns, 1, 1_000_000_000, findings, true);
  checkRange('start_deadline_seconds', definition.startDeadlineSeconds, 1, 31_622_400, findings);
  checkRange('late_alert_seconds', definition.lateAlertSeconds ?? null, 0, 31_622_400, findings);
  checkRetry(definition.retry, findings);
  checkBreaker(definition.breaker, findings);
}

function checkDependsOn({ dependsOn, parameters }: JobDefinition, findings: Findings): void {
  if (dependsOn === undefined || dependsOn === null) return;
  const { mode, jobs, windowSeconds } = dependsOn;
  if (!dependencyModes.includes(mode)) findings.add('depends_on.mode', `is none of ${dependencyModes.join(', ')}`);
  if (jobs.length === 0) findings.add('depends_on.jobs', 'needs at least one job; null waits for none');
  if (jobs.length > mostPrerequisites)
    findings.add('depends_on.jobs', `names ${jobs.length}; ${mostPrerequisites} are allowed`);
  if (new Set(jobs.map(({ id }) => id)).size !== jobs.length) findings.add('depends_on.jobs', 'names a job twice');
  checkRange('depends_on.window_seconds', windowSeconds, 1, 31_622_400, findings, true);
  checkPassed(dependsOn, parameters, findings);
}

function checkPassed(
  { jobs, pass = [] }: NonNullable<JobDefinition['dependsOn']>,
  declared: readonly Parameter[],
  findings: Findings,
): void {
  pass.forEach(({ parameter, job, field }, at) => {
    const path = `depends_on.pass.${at}`;
    if (!declared.some(({ name }) => name === parameter))
      findings.add(`${path}.parameter`, `${parameter} is no parameter of this job`);
    if (pass.findIndex((one) => one.parameter === parameter) < at)
      findings.add(`${path}.parameter`, `${parameter} is given twice`);
    if (!jobs.some(({ id }) => id === job.id))
      findings.add(`${path}.job_id`, 'is none of the jobs that this one waits for');
    if (!fieldOfResult.test(field)) findings.add(`${path}.field`, 'is no path such as file or files.0.name');
  });
}

/** Looks at everything a job says. @throws with every field at fault; the code of the only kind of fault, else `invalid` */
export function validateJob(definition: JobDefinition, context: OperationContext): void {
  const findings = new Findings();
  checkName(definition.name, findings);
  for (const field of ['description', 'source'] as const)
    if (definition[field]?.includes('\0') === true) findings.add(field, 'holds a NUL character');
  checkWords('tags', definition.tags, findings);
  checkWord('queue', definition.queue, findings);
  checkWords('worker_labels', definition.workerLabels, findings);
  checkWords('locks', definition.locks ?? [], findings);
  checkTarget(definition, context, findings);
  checkArtifacts(definition, findings);
  checkHooks(definition, context, findings);
  for (const { path, message } of faultsOfSecrets(definition)) findings.add(path, message);
  checkPolicies(definition, findings);
  checkDependsOn(definition, findings);
  definition.parameters.forEach((parameter, at) => checkParameter(parameter, `parameters.${at}`, findings));
  const names = definition.parameters.map((parameter) => parameter.name.toUpperCase());
  if (new Set(names).size !== names.length) findings.add('parameters', 'two have the same name');
  findings.throwIfAny();
}

/** Looks at every schedule of a job that has `saved` ones. @throws with paths `schedules.N.field` */
export function validateSchedules(
  schedules: readonly ScheduleInput[],
  {
    now,
    allowPast,
    saved = [],
  }: { readonly now: Instant; readonly allowPast: boolean; readonly saved?: readonly ScheduleSpec[] },
): void {
  const findings = new Findings();
  schedules.forEach(({ spec }, at) => {
    // A one-off that is there already may have had its time by now.
    const known =
      spec.kind === 'once' && saved.some((before) => isDeepStrictEqual(writtenSpec(before), writtenSpec(spec)));
    findings.collect(`schedules.${at}`, () => validateSchedule(spec, { now, allowPast: allowPast || known }));
  });
  schedules.forEach(({ name }, at) => {
    if (name?.includes('\0') === true) findings.add(`schedules.${at}.name`, 'holds a NUL character');
  });
  const names = schedules.map((schedule) => schedule.name).filter((name) => name !== undefined && name !== null);
  if (new Set(names).size !== names.length) findings.add('schedules', 'two have the same name');
  findings.throwIfAny();
}
