/** Jobs coming in: names and units of the wire become core's. */
import {
  fromUuid,
  invalidField,
  JobTriggerError,
  parseInstant,
  scheduleFromJson,
  type JobChange,
  type JobFields,
  type NewJob,
  type ScheduleInput as CoreSchedule,
} from 'job-trigger-core';
import type { z } from 'zod';
import { fieldErrorsOf } from './field-errors.ts';
import { configShapes, type JobInput, type JobPatch } from '../shapes/job.ts';
import type { ScheduleInput } from '../shapes/schedule.ts';

/** The installation's zone fills an absent one. */
export interface MappingFacts {
  readonly timezone: string;
}

/** The same refusal with its fields below `path`: what reads a part does not know where the part stands. */
export function below<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof JobTriggerError) || error.fields.length === 0) throw error;
    const fields = error.fields.map((field) => ({ ...field, path: [path, field.path].filter(Boolean).join('.') }));
    const [first] = fields;
    const message = first === undefined ? error.message : `${first.path}: ${first.message}`;
    throw new JobTriggerError(error.code, message, { ...error.details, fields }, { cause: error });
  }
}

/** One schedule; null for `{"kind":"manual"}`, which means none. @throws `schedule_invalid` with paths below `path` */
export function scheduleToCore(input: ScheduleInput, { timezone }: MappingFacts, path: string): CoreSchedule | null {
  if (input.kind === 'manual') return null;
  const { id, name, active, priority, ...rule } = input;
  return {
    spec: below(path, () => scheduleFromJson(rule, { timezone })),
    ...(id === undefined ? {} : { uuid: id }),
    ...(name === undefined ? {} : { name }),
    ...(active === undefined ? {} : { active }),
    ...(priority === undefined ? {} : { priority }),
  };
}

function configToCore(type: string | undefined, config: unknown): Readonly<Record<string, unknown>> | undefined {
  if (config === undefined) return undefined;
  const shape: z.ZodType | undefined =
    type !== undefined && Object.hasOwn(configShapes, type)
      ? configShapes[type as keyof typeof configShapes]
      : undefined;
  if (type === undefined) throw invalidField('type', 'is needed beside config');
  // Names of a plugin's configuration are its own: they are checked where its schema is known.
  if (shape === undefined) return config as Readonly<Record<string, unknown>>;
  const read = shape.safeParse(config);
  if (!read.success) {
    const fields = fieldErrorsOf(read.error.issues, ['config']);
    throw new JobTriggerError('invalid', fields.map(({ path, message }) => `${path}: ${message}`).join('; '), {
      fields,
    });
  }
  const { working_dir, expected_status, ...rest } = read.data as Readonly<Record<string, unknown>>;
  return {
    ...rest,
    ...(working_dir === undefined ? {} : { workingDir: working_dir }),
    ...(expected_status === undefined ? {} : { expectedStatus: expected_status }),
  };
}

function dependsOnToCore(input: JobPatch['depends_on']): JobFields['dependsOn'] {
  if (input === undefined || input === null) return input;
  const jobs = input.jobs.map((id, at) => {
    const reference = fromUuid(id);
    if (reference === null) throw invalidField(`depends_on.jobs.${at}`, `${id} is no job`);
    return reference;
  });
  const pass = (input.pass ?? []).map(({ parameter, job_id: id, field }, at) => {
    const job = fromUuid(id);
    if (job === null) throw invalidField(`depends_on.pass.${at}.job_id`, `${id} is no job`);
    return { parameter, job, field };
  });
  const waits = { mode: input.mode ?? 'all_success', jobs, windowSeconds: input.window_seconds ?? null };
  return pass.length === 0 ? waits : { ...waits, pass };
}

function artifactsToCore(given: JobInput['artifacts']): JobFields['artifacts'] {
  if (given === undefined || given === null) return given;
  const { keep = null, days = null, max_files: maxFiles = null, max_bytes: maxBytes = null } = given;
  return { keep, days, maxFiles, maxBytes };
}

function hooksToCore(given: JobInput['hooks']): JobFields['hooks'] {
  if (given === undefined || given === null) return given;
  const { before = null, after = null } = given;
  return before === null && after === null ? null : { before, after };
}

function fieldsToCore(input: JobPatch | JobInput, type: string | undefined, facts: MappingFacts): JobFields {
  const { retry, catch_up: catchUp, breaker } = input;
  return {
    name: input.name,
    description: input.description,
    tags: input.tags,
    timeoutSeconds: input.timeout_seconds,
    killGraceSeconds: input.kill_grace_seconds,
    onLost: input.on_lost,
    overlap: input.overlap,
    maxConcurrent: input.max_concurrent,
    priority: input.priority,
    queue: input.queue,
    workerLabels: input.worker_labels,
    maxRuns: input.max_runs,
    startDeadlineSeconds: input.start_deadline_seconds,
    lateAlertSeconds: input.late_alert_seconds,
    source: input.source,
    containment: input.containment,
    outputLimitPolicy: input.output_limit_policy,
    breaker:
      breaker === undefined || breaker === null
        ? breaker
        : {
            consecutive: breaker.consecutive,
            recent: breaker.recent,
            periodDays: breaker.period_days,
            policy: breaker.policy,
          },
    dependsOn: dependsOnToCore(input.depends_on),
    locks: input.locks,
    artifacts: artifactsToCore(input.artifacts),
    hooks: hooksToCore(input.hooks),
    secrets: input.secrets,
    active: input.active,
    allowPast: input.allow_past,
    type: input.type,
    config: configToCore(type, input.config),
    parameters: input.parameters,
    catchUp:
      catchUp === undefined
        ? undefined
        : { policy: catchUp.policy, windowSeconds: catchUp.window_seconds, max: catchUp.max },
    retry:
      retry === undefined || retry === null
        ? retry
        : {
            maxAttempts: retry.max_attempts,
            strategy: retry.strategy,
            delaySeconds: retry.delay_seconds,
            maxDelaySeconds: retry.max_delay_seconds,
            maxTotalSeconds: retry.max_total_seconds,
            delaysSeconds: retry.delays_seconds,
            on:
              retry.on === undefined
                ? undefined
                : { exitCodes: retry.on.exit_codes, httpStatus: retry.on.http_status, timedOut: retry.on.timed_out },
          },
    schedules: input.schedules
      ?.map((schedule, at) => scheduleToCore(schedule, facts, `schedules.${at}`))
      .filter((schedule) => schedule !== null),
  };
}

export function newJobToCore(input: JobInput, facts: MappingFacts): NewJob {
  return {
    ...fieldsToCore(input, input.type, facts),
    name: input.name,
    type: input.type,
    runOnCreate: input.run_on_create,
  };
}

/** @param type the stored job's, for a configuration that comes without one */
export function jobChangeToCore(input: JobPatch, type: string, facts: MappingFacts): JobChange {
  return { ...fieldsToCore(input, input.type ?? type, facts), changeNote: input.change_note };
}

/** An instant of the wire. @throws `invalid` naming the field */
export function instantToCore(text: string, path: string): number {
  const at = parseInstant(text);
  if (at === null)
    throw invalidField(path, `'${text.slice(0, 40)}' is no RFC 3339 instant such as 2027-01-31T09:00:00Z`);
  return at;
}
