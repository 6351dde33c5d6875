/** The job types an installation knows, and the plugins that could not be read. */
import { JobTriggerError } from '../errors.ts';
import type { Handler } from '../handlers/handler.ts';
import { isBuiltIn, pluginTypePattern, typeLabel } from '../model/job.ts';
import { describe } from '../schedule/describe.ts';
import { scheduleFromJson } from '../schedule/from-json.ts';
import { checkSchedule } from '../schedule/validate.ts';
import { builtInTypes } from './built-in.ts';
import { schemaFaults } from './check-schema.ts';
import { codeHandler } from './code-handler.ts';
import { pluginBreaker, type AnyJobType, type JobType, type TypeDefaults } from './job-type.ts';

/** A plugin of the configuration: the types it added, or why it could not be used. */
export interface Plugin {
  /** As the configuration names it. */
  readonly source: string;
  readonly types: readonly string[];
  readonly problem: string | null;
}

export class JobTypes {
  readonly #types = new Map<string, JobType>();
  readonly plugins: readonly Plugin[];

  /** @throws `configuration_invalid` when two types have one id */
  constructor(added: readonly JobType[] = [], plugins: readonly Plugin[] = []) {
    for (const type of [...builtInTypes, ...added]) {
      const other = this.#types.get(type.id);
      if (other !== undefined) throw invalidType(type.id, takenBy(other));
      this.#types.set(type.id, type);
    }
    this.plugins = plugins;
  }

  get(id: string): JobType | null {
    return this.#types.get(id) ?? null;
  }

  /** Those that come with the product first. */
  all(): readonly JobType[] {
    return [...this.#types.values()];
  }

  /** What carries out those that plugins added. */
  handlers(): readonly Handler[] {
    return this.all().flatMap(({ handler }) => (handler === null ? [] : [handler]));
  }

  /** The labels of a worker that has them: of those that this machine can carry out. */
  labels(): readonly string[] {
    return this.all().flatMap(({ id, handler, cannotRun }) =>
      handler === null || cannotRun !== null ? [] : [typeLabel(id)],
    );
  }

  /** Why a job of this type cannot be saved or run; null when it can. */
  refusal(id: string): string | null {
    if (this.#types.has(id)) return null;
    return `'${id.slice(0, 60)}' is not known; ${[...this.#types.keys()].join(', ')} are. A plugin's type is there once its plugin is loaded: see jtp plugins ls`;
  }
}

/** The types that come with the product, and no others. */
export const comesAlone = new JobTypes();

/** Why the id of `other` cannot be had. */
export function takenBy({ id, source }: JobType): string {
  if (isBuiltIn(id)) return 'is the id of a type that comes with the product';
  return `is the id of another type${source === null ? '' : `, of ${source}`}`;
}

function invalidType(id: string, message: string): JobTriggerError {
  const text = `Job type ${JSON.stringify(id)}: ${message}.`;
  return new JobTriggerError('configuration_invalid', text, { fields: [{ path: id, message }] });
}

/**
 * The types that come with the product and those given in code. A mistake in code is told at once.
 * @throws `configuration_invalid` naming the type and what is wrong with it
 */
export function jobTypesOf(types: readonly AnyJobType[]): JobTypes {
  return new JobTypes(types.map((type) => checkedType(type)));
}

/** What is wrong with what every kind of plugin says of a type; none when it can be used. */
export function typeFaults(type: Readonly<Record<string, unknown>>): readonly string[] {
  const { id, label, description, frequencyText = '', schema, defaults = {} } = type;
  const faults = [...idFaults(id)];
  for (const [name, value] of Object.entries({ label, description }))
    if (typeof value !== 'string' || value.trim() === '') faults.push(`${name}: must be a text that says something`);
  if (typeof frequencyText !== 'string') faults.push('frequencyText: must be a text');
  const own =
    typeof defaults === 'object' && defaults !== null ? defaultFaults(defaults) : ['defaults: must be an object'];
  return [...faults, ...own, ...schemaFaults(schema)];
}

function idFaults(id: unknown): readonly string[] {
  if (typeof id !== 'string' || !pluginTypePattern.test(id))
    return ['id: must be 2 to 40 lower-case letters, digits, _ and -, beginning with a letter'];
  return isBuiltIn(id) ? ['id: is that of a type that comes with the product'] : [];
}

const knownDefaults = ['schedule', 'retry', 'breaker', 'timeoutSeconds'];

function defaultFaults(defaults: Partial<TypeDefaults>): readonly string[] {
  const { schedule = null, breaker = null, timeoutSeconds = null, retry = null } = defaults;
  const unknown = Object.keys(defaults).filter((name) => !knownDefaults.includes(name));
  return [
    ...unknown.map((name) => `defaults.${name}: is not understood; ${knownDefaults.join(', ')} are`),
    ...(schedule === null ? [] : scheduleFaults(schedule)),
    ...(timeoutSeconds === null || timeoutSeconds >= 1 ? [] : ['defaults.timeoutSeconds: must be a number from 1']),
    ...(typeof retry === 'object' ? [] : ['defaults.retry: must be an object or null']),
    ...(breaker === null ? [] : breakerFaults(breaker)),
  ];
}

function breakerFaults(breaker: NonNullable<TypeDefaults['breaker']>): readonly string[] {
  if (typeof breaker !== 'object') return ['defaults.breaker: must be an object or null'];
  return (['consecutive', 'recent', 'periodDays'] as const)
    .filter((name) => !isCount(breaker[name], name !== 'periodDays'))
    .map((name) => `defaults.breaker.${name}: must be a whole number from 1`);
}

function isCount(value: unknown, mayBeNull: boolean): boolean {
  return (value === null && mayBeNull) || (Number.isInteger(value) && (value as number) >= 1);
}

function scheduleFaults(schedule: unknown): readonly string[] {
  try {
    checkSchedule(scheduleFromJson(schedule, { timezone: 'UTC' }));
    return [];
  } catch (error) {
    return [`defaults.schedule: ${(error as Error).message}`];
  }
}

/** A type as its author wrote it, complete. @throws `configuration_invalid` */
export function checkedType(type: AnyJobType, source: string | null = null): JobType {
  const faults = [...typeFaults({ ...type })];
  if (typeof type.execute !== 'function') faults.push('execute: must be a function');
  const { provision = null } = type;
  if (provision !== null && typeof provision !== 'function') faults.push('provision: must be a function');
  if (faults.length > 0) throw invalidType(type.id, faults.join('; '));
  return completed({ ...type, origin: 'code', source, handler: codeHandler(type), provision, cannotRun: null });
}

type Incomplete = Pick<AnyJobType, 'id' | 'label' | 'description' | 'schema' | 'frequencyText' | 'defaults'> &
  Pick<JobType, 'origin' | 'source' | 'handler' | 'provision' | 'cannotRun'>;

export function completed(type: Incomplete): JobType {
  const { id, label, description, schema, origin, source, handler, provision, cannotRun } = type;
  const { schedule = null, retry = null, breaker = pluginBreaker, timeoutSeconds = null } = type.defaults ?? {};
  return {
    id,
    label,
    description,
    frequencyText: type.frequencyText ?? frequencyOf(schedule),
    schema,
    defaults: { schedule, retry, breaker, timeoutSeconds },
    origin,
    source,
    handler,
    provision,
    cannotRun,
  };
}

/** The words of the rule, without the zone that it has no say in. */
function frequencyOf(schedule: TypeDefaults['schedule']): string {
  if (schedule === null) return 'On demand';
  return describe(scheduleFromJson(schedule, { timezone: 'UTC' })).replace(/ \(UTC\)$/, '');
}
