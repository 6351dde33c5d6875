/** A type of jobs: what it is called, what its jobs are configured with, and what carries them out. */
import type { Classify, FunctionContext } from '../handlers/function.ts';
import type { Handler } from '../handlers/handler.ts';
import type { RetryPolicy } from '../model/job.ts';
import type { ConfigOf, ConfigSchema } from './config-schema.ts';
import type { Provision } from './provision.ts';

/** When a job of the type is stopped; null for a count that does not count. */
export interface BreakerDefault {
  /** Failures in a row. */
  readonly consecutive: number | null;
  /** Failures within `periodDays`. */
  readonly recent: number | null;
  readonly periodDays: number;
}

/** What a new job of the type is given where its author says nothing. */
export interface TypeDefaults {
  /** As a schedule travels over REST: `{ kind: 'daily', times: ['06:00'] }`; without a zone, in the installation's. Null is manual. */
  readonly schedule: Readonly<Record<string, unknown>> | null;
  readonly retry: RetryDefault | null;
  /** Null is off. */
  readonly breaker: BreakerDefault | null;
  /** Null leaves it to the worker's limit. */
  readonly timeoutSeconds: number | null;
}

/** Fields left out take the installation's default. */
type RetryDefault = Partial<Omit<RetryPolicy, 'on'>> & { readonly on?: Partial<RetryPolicy['on']> };

/** What `execute` is given: the run, its log and progress, its signal, and the configuration, checked and complete. */
export interface JobTypeContext<C> extends FunctionContext {
  readonly config: C;
}

/** A job type as its author writes it; see {@link defineJobType}. */
export interface JobTypeInput<S extends ConfigSchema = ConfigSchema> {
  /** Lower-case letters, digits, `_` and `-`, 2 to 40 of them. It stays: jobs are stored with it. */
  readonly id: string;
  /** What people choose it by. */
  readonly label: string;
  readonly description: string;
  /** How often its jobs usually run, in words. Default: those of the default schedule. */
  readonly frequencyText?: string;
  readonly schema: S;
  /** Absent: no schedule, no retry, the breaker of plugins (3 in a row or 5 in 7 days), the worker's time-out. */
  readonly defaults?: Partial<TypeDefaults>;
  /**
   * Carries out one attempt in the worker's own process, as a function job does: its answer is the result, an object with
   * a boolean `success` says more, what it throws is a failure. It cannot be killed: heed `signal`.
   */
  execute(context: JobTypeContext<ConfigOf<S>>): unknown;
  /** Why an error was thrown, and whether trying again helps; null leaves it to the words of the error. */
  classify?(error: unknown, config: ConfigOf<S>): ReturnType<Classify>;
  /** One line about a result, shown with the run. */
  summary?(result: unknown, config: ConfigOf<S>): string;
  /**
   * Every job of the type that there is to be. Asked at the start of a portal and when a person asks for it: what is new is
   * made, what changed is changed, what is listed no more is removed. Jobs that people made or changed are left alone.
   */
  readonly provision?: Provision;
}

/**
 * Types what is written: `config` in `execute`, `classify` and `summary` is what `schema` says. Nothing is checked
 * before the type is registered.
 *
 * @example
 * export const greeting = defineJobType({
 *   id: 'greeting',
 *   label: 'Greeting',
 *   description: 'Greets somebody in the log.',
 *   schema: { type: 'object', properties: { name: { type: 'string', default: 'world' } } },
 *   execute: ({ config, log }) => log(`Hello, ${config.name}.`),
 * });
 */
export function defineJobType<const S extends ConfigSchema>(type: JobTypeInput<S>): JobTypeInput<S> {
  return type;
}

/** A job type of any configuration, as a list of them holds it. */
export type AnyJobType = Omit<JobTypeInput, 'execute' | 'classify' | 'summary'> & {
  // Every parameter fits never: what is handed over was checked against the type's own schema.
  execute(context: never): unknown;
  classify?(error: unknown, config: never): ReturnType<Classify>;
  summary?(result: unknown, config: never): string;
};

/** A job type that can be used: complete, and checked. */
export interface JobType {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly frequencyText: string;
  readonly schema: ConfigSchema;
  readonly defaults: TypeDefaults;
  /** `program`: an executable that speaks the protocol of plugins. */
  readonly origin: 'built_in' | 'code' | 'program';
  /** The file or folder it was read from; null when it was not. */
  readonly source: string | null;
  /** Null for what comes with the product. */
  readonly handler: Handler | null;
  /** Lists the jobs it wants there to be; null for a type that asks for none. */
  readonly provision: Provision | null;
  /** Why this machine cannot carry it out although it is known; null when it can. */
  readonly cannotRun: string | null;
}

/** Of the types that come with the product, and of those that plugins add. */
export const builtInBreaker: BreakerDefault = { consecutive: 5, recent: null, periodDays: 7 };
export const pluginBreaker: BreakerDefault = { consecutive: 3, recent: 5, periodDays: 7 };
