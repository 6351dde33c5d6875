/** A plugin that is a program: what its `plugin.json` says of the job type and of how it is started. */
import { isAbsolute, join } from 'node:path';
import { findProgram } from '../handlers/interpreter.ts';
import { runPlugin } from '../handlers/plugin.ts';
import type { Handler } from '../handlers/handler.ts';
import { pluginProtocol } from '../spawner/plugin-lines.ts';
import { tellSummary } from './code-handler.ts';
import { configOf } from './config-in-force.ts';
import { programProvision } from './program-provision.ts';
import type { ConfigSchema } from './config-schema.ts';
import type { JobType, TypeDefaults } from './job-type.ts';
import { completed, typeFaults } from './registry.ts';

type Raw = Readonly<Record<string, unknown>>;

const known = [
  'protocol',
  'id',
  'label',
  'description',
  'frequency_text',
  'command',
  'env',
  'schema',
  'defaults',
  'provision',
];
const knownDefaults = ['schedule', 'retry', 'breaker', 'timeout_seconds'];

/** What programs are looked for with. */
export interface ProgramSearch {
  /** The Node this runs on: what `node` in a command means, so that none needs to be in PATH. */
  readonly nodePath: string;
  /** The worker's PATH. */
  readonly path: string;
}

const isRecord = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);
const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'string');

function unknownWords(of: Raw, words: readonly string[], where: string): readonly string[] {
  return Object.keys(of)
    .filter((word) => !words.includes(word))
    .map((word) => `${where}${word}: is not understood; ${words.join(', ')} are`);
}

/** The type, or every fault of what was written. @param folder of the manifest, absolute */
export function typeOfManifest(
  manifest: unknown,
  folder: string,
  search: ProgramSearch,
): { readonly type: JobType } | { readonly faults: readonly string[] } {
  if (!isRecord(manifest)) return { faults: ['must be a JSON object'] };
  const { defaults = {} } = manifest;
  const fields = {
    ...manifest,
    frequencyText: manifest['frequency_text'],
    defaults: isRecord(defaults) ? defaultsOf(defaults) : defaults,
  };
  const faults = [...programFaults(manifest), ...typeFaults(fields)];
  return faults.length > 0 ? { faults } : { type: typeOf(fields as unknown as Manifest, folder, search) };
}

/** A manifest without faults, in core's words. */
interface Manifest {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly frequencyText?: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly schema: ConfigSchema;
  readonly defaults: Partial<TypeDefaults>;
  /** Whether it is asked for the jobs it wants there to be. */
  readonly provision?: boolean;
}

/** What only a program's manifest says. */
function programFaults(manifest: Raw): readonly string[] {
  const { protocol, command, env = {}, defaults } = manifest;
  const faults = [...unknownWords(manifest, known, ''), ...provisionFaults(manifest)];
  if (protocol !== pluginProtocol)
    faults.push(`protocol: is ${JSON.stringify(protocol) ?? 'missing'}; this version speaks ${pluginProtocol}`);
  if (!isTexts(command) || command.length === 0 || command[0] === '')
    faults.push('command: must be a list of texts, the program first');
  if (!isRecord(env) || !isTexts(Object.values(env))) faults.push('env: must be names with texts');
  return isRecord(defaults) ? [...faults, ...unknownWords(defaults, knownDefaults, 'defaults.')] : faults;
}

function provisionFaults({ provision = false }: Raw): readonly string[] {
  return typeof provision === 'boolean' ? [] : ['provision: must be true or false'];
}

function typeOf(
  { command, env = {}, provision = false, ...manifest }: Manifest,
  folder: string,
  search: ProgramSearch,
): JobType {
  const argv = argvOf(command, folder, search);
  const program = { type: manifest.id, argv, folder, env };
  return completed({
    ...manifest,
    origin: 'program',
    source: folder,
    handler: programHandler(program, manifest.schema),
    provision: provision ? programProvision(program, search.path) : null,
    cannotRun: missingProgram(argv[0], search),
  });
}

/** In core's words. */
function defaultsOf({ schedule, retry, breaker, timeout_seconds: timeoutSeconds }: Raw): Raw {
  return {
    ...(schedule === undefined ? {} : { schedule }),
    ...(retry === undefined ? {} : { retry: isRecord(retry) ? camelCased(retry) : retry }),
    ...(breaker === undefined ? {} : { breaker: isRecord(breaker) ? camelCased(breaker) : breaker }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

function camelCased(value: Raw): Raw {
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [
      name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      isRecord(one) ? camelCased(one) : one,
    ]),
  );
}

/** `node` is the Node this runs on; what begins with `./` lies in the plugin's folder. */
function argvOf(command: readonly string[], folder: string, { nodePath }: ProgramSearch): [string, ...string[]] {
  const [program = '', ...args] = command;
  if (program === 'node') return [nodePath, ...args];
  return [/^\.{1,2}[\\/]/.test(program) ? join(folder, program) : program, ...args];
}

function missingProgram(program: string, { path }: ProgramSearch): string | null {
  if (isAbsolute(program) || findProgram(program, path) !== null) return null;
  return `the program ${program} is not in PATH`;
}

function programHandler(program: Parameters<typeof runPlugin>[1], schema: ConfigSchema): Handler {
  return {
    type: program.type,
    async run(context) {
      const found = configOf({ id: program.type, schema }, context.definition.config);
      if ('refused' in found) return found.refused;
      const { outcome, summary } = await runPlugin(context, program, found.config);
      tellSummary(context, outcome, () => summary);
      return outcome;
    },
  };
}
