/** What to do: kept and edited by people. */
import type { DependsOn } from './dependency.ts';
import type { ArtifactPolicy } from './artifact.ts';
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';
import type { Priority } from './run.ts';
import type { SecretReferences } from './secret.ts';
import type { Breaker, Trouble } from './trouble.ts';
import { containmentLabel, type Containment } from './worker.ts';

export const overlapPolicies = ['skip', 'queue_one', 'queue_all', 'allow', 'replace'] as const;
export type OverlapPolicy = (typeof overlapPolicies)[number];

/** Of the instants that a pause swallowed: none (default), the newest, or the oldest up to `catch_up.max` are run. */
export const resumePolicies = ['none', 'last', 'all'] as const;
export type ResumePolicy = (typeof resumePolicies)[number];

export const catchUpPolicies = ['last', 'none', 'all', 'first', 'manual'] as const;
export interface CatchUp {
  readonly policy: (typeof catchUpPolicies)[number];
  /** Instants missed longer ago than this are not caught up. Default 86 400. */
  readonly windowSeconds: number;
  /** The most runs one pass of `all` creates. Default 10, at most 1000. */
  readonly max: number;
}

export interface RetryPolicy {
  /** Attempts that failed or timed out, the first included. Default 3. */
  readonly maxAttempts: number;
  readonly strategy: 'fixed' | 'exponential' | 'custom';
  readonly delaySeconds: number;
  readonly maxDelaySeconds: number | null;
  readonly maxTotalSeconds: number | null;
  /** Delays of strategy `custom`, the last one repeating. */
  readonly delaysSeconds: readonly number[] | null;
  readonly on: {
    readonly exitCodes: readonly number[] | null;
    readonly httpStatus: readonly number[] | null;
    readonly timedOut: boolean;
  };
}

export const parameterTypes = ['string', 'number', 'integer', 'boolean'] as const;
/** A value that a run of the job may be given; reaches the process as `JTP_PARAM_<NAME>`. */
export interface Parameter {
  readonly name: string;
  readonly type: (typeof parameterTypes)[number];
  readonly required: boolean;
  readonly default: string | number | boolean | null;
  readonly choices: readonly (string | number)[] | null;
  /** A pattern the text of the value must match as a whole. */
  readonly pattern: string | null;
  readonly description: string | null;
}

export interface ScriptConfig {
  /** Path inside the scripts folder, with forward slashes. */
  readonly script: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Inside the scripts folder; null is that folder itself. */
  readonly workingDir: string | null;
}
export interface CommandConfig {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir: string | null;
}
export interface HttpConfig {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Status numbers that count as success; null is any 2xx. */
  readonly expectedStatus: readonly number[] | null;
  /** What must hold of the answer besides, every one of them. Absent for none. */
  readonly assertions?: readonly HttpAssertion[];
}

/** One thing that must hold of an answer. Texts are compared as they are. */
export type HttpAssertion =
  | { readonly kind: 'body_contains'; readonly text: string }
  /** Some part of the first 64 kB fits. */
  | { readonly kind: 'body_matches'; readonly pattern: string }
  /** @see jsonPath of the handlers for what a path may hold */
  | { readonly kind: 'json_equals'; readonly path: string; readonly value: string | number | boolean | null }
  | { readonly kind: 'header_equals'; readonly name: string; readonly value: string }
  /** From the request until the whole answer is read. */
  | { readonly kind: 'max_duration'; readonly seconds: number };
export const httpAssertionKinds = [
  'body_contains',
  'body_matches',
  'json_equals',
  'header_equals',
  'max_duration',
] as const satisfies readonly HttpAssertion['kind'][];
export interface FunctionConfig {
  readonly name: string;
}

/** As the schema of its type asks for; whoever reads it checks it first. */
export type PluginConfig = Readonly<Record<string, unknown>>;
/** Scripts of the scripts folder around the main process, in the same attempt. Null is none. */
export interface Hooks {
  /** Run first; when it fails, the attempt has failed and the main process is not started. */
  readonly before: string | null;
  /** Run last, whatever came before: it is told how that ended. */
  readonly after: string | null;
}

/** A job's type with the configuration that belongs to it. */
export type BuiltInTarget =
  | { readonly type: 'script'; readonly config: ScriptConfig }
  | { readonly type: 'command'; readonly config: CommandConfig }
  | { readonly type: 'http'; readonly config: HttpConfig }
  | { readonly type: 'function'; readonly config: FunctionConfig };
/** Of a type that a plugin adds, by its id. */
export interface PluginTarget {
  readonly type: string;
  readonly config: PluginConfig;
}
export type JobTarget = BuiltInTarget | PluginTarget;
/** The types that come with the product; plugins add others. */
export const jobTypes = ['script', 'command', 'http', 'function'] as const;
export type BuiltInType = (typeof jobTypes)[number];

export function isBuiltIn(type: string): type is BuiltInType {
  return (jobTypes as readonly string[]).includes(type);
}

/** Tells a configuration whose fields are known from one that only a plugin knows. */
export function hasBuiltInType<T extends JobTarget>(target: T): target is T & BuiltInTarget {
  return isBuiltIn(target.type);
}

/** How the id of a plugin's type is written. */
export const pluginTypePattern = /^[a-z][a-z0-9_-]{1,39}$/;

/** The label by which a plugin's job finds the workers that have the plugin. */
export function typeLabel(type: string): string {
  return `type:${type}`;
}

/** What becomes of output beyond the limit: cut in the middle, the job ended as failed, or the job made to wait. */
export const outputLimitPolicies = ['truncate', 'fail', 'throttle'] as const;
export type OutputLimitPolicy = (typeof outputLimitPolicies)[number];

/** Everything about a job that a person decides and a version keeps. Stored as one JSON document a version. */
export type JobDefinition = JobTarget & {
  readonly name: string;
  readonly description: string | null;
  readonly tags: readonly string[];
  /** Null uses the setting `worker.job_timeout_seconds`. */
  readonly timeoutSeconds: number | null;
  readonly killGraceSeconds: number;
  readonly onLost: 'fail' | 'rerun';
  readonly overlap: OverlapPolicy;
  /** How many runs may live at once; null (only with `allow`) is no limit. */
  readonly maxConcurrent: number | null;
  readonly priority: Priority;
  readonly queue: string;
  readonly workerLabels: readonly string[];
  readonly catchUp: CatchUp;
  readonly retry: RetryPolicy | null;
  readonly parameters: readonly Parameter[];
  readonly maxRuns: number | null;
  readonly startDeadlineSeconds: number | null;
  /** Not started this long after its instant, somebody is told; null follows the schedule's period, 0 is off. */
  readonly lateAlertSeconds: number | null;
  /** What a library caller names as its origin. */
  readonly source: string | null;
  /** The least level of containment that a worker must have; null takes any. Absent in versions older than the field. */
  readonly containment?: Containment | null;
  /** Default `truncate`; absent in versions older than the field. Only processes have it. */
  readonly outputLimitPolicy?: OutputLimitPolicy;
  /** Null is off; absent takes what the settings say for its type. */
  readonly breaker?: Breaker | null;
  /** The jobs it waits for; null waits for none. Absent in versions older than the field. */
  readonly dependsOn?: DependsOn | null;
  /** Named locks that a run holds while it lives; it waits until all of them have a place. Absent in versions older than the field. */
  readonly locks?: readonly string[];
  /** What becomes of the files it leaves; null takes the settings. Absent in versions older than the field. */
  readonly artifacts?: ArtifactPolicy | null;
  /** Scripts around the main one; null is none. Absent in versions older than the field. Only processes have it. */
  readonly hooks?: Hooks | null;
  /** Absent for what a person made. */
  readonly provisioned?: Provisioned;
  /** What its runs are given, by variable. Absent in versions older than the field. */
  readonly secrets?: SecretReferences;
};

/** The definition in the hands of a person: what its plugin wishes changes it no more. */
export function detached(definition: JobDefinition): JobDefinition {
  const { provisioned } = definition;
  if (provisioned === undefined || provisioned.detached) return definition;
  return { ...definition, provisioned: { ...provisioned, detached: true } };
}

/** That a job is there because its type's plugin asked for it. */
export interface Provisioned {
  /** What it is about, in the words of the plugin. */
  readonly subject: string;
  /** Of the wish that was applied last. */
  readonly fingerprint: string;
  /** A person has taken it over: the plugin's wishes change it no more. */
  readonly detached: boolean;
}

/** The type that a label stands for; null for any other. */
export function typeOfLabel(label: string): string | null {
  return label.startsWith('type:') ? label.slice('type:'.length) : null;
}

/** The labels a worker must have to take a run of this job. */
export function neededLabels({
  type,
  workerLabels,
  containment = null,
}: Pick<JobDefinition, 'type' | 'workerLabels' | 'containment'>): readonly string[] {
  if (containment === null && isBuiltIn(type)) return workerLabels;
  const level = containment === null ? [] : [containmentLabel(containment)];
  return [...workerLabels, ...level, ...(isBuiltIn(type) ? [] : [typeLabel(type)])];
}

/**
 * The version of a draft: a job that was run once without being saved. It is in no list, no bin and no count, its run is
 * a run like any other, and retention removes both.
 */
export const draftVersion = 0;

/** Whether a run begins in its worker, in the same tick as it is claimed: nothing lies between claim and intent. */
export function beginsDirectly({ type }: Pick<JobDefinition, 'type'>): boolean {
  return type === 'function';
}

/** A job as it is stored: its current version with what the system keeps about it. */
export interface Job {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly ownerId: Id | null;
  /** From 1; {@link draftVersion} for one that was never saved. */
  readonly version: number;
  readonly definition: JobDefinition;
  readonly active: boolean;
  readonly pausedReason: string | null;
  readonly pausedBy: string | null;
  readonly pausedAt: Instant | null;
  /** Resumes by itself then; null is until a person does. */
  readonly pausedUntil: Instant | null;
  /** What is run of the pause once it ends; null while it is not paused, and for `none`. */
  readonly onResume: ResumePolicy | null;
  /** Runs that were created for it automatically; `maxRuns` bounds it. */
  readonly automaticRuns: number;
  readonly deletedAt: Instant | null;
  readonly deletedBy: string | null;
  /** Created by `--demo` or the sample loader, so that it can be removed in one click. */
  readonly demo: boolean;
  /** What is kept of its failures; null when there is nothing to keep. */
  readonly trouble: Trouble | null;
}

/** Of a job that nobody has paused. */
export const notPaused = {
  pausedReason: null,
  pausedBy: null,
  pausedAt: null,
  pausedUntil: null,
  onResume: null,
} as const satisfies Partial<Job>;

/** What a person sees first; the first of these that applies. */
export const jobStatuses = [
  'running',
  'queued',
  'needs_intervention',
  'failed',
  'having_issues',
  'last_run_failed',
  'paused',
  'completed',
  'active',
] as const;
export type JobStatus = (typeof jobStatuses)[number];
