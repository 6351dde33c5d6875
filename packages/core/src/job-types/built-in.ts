/** The types that come with the product, as a plugin would describe them. Their configurations have checks of their own. */
import type { ConfigSchema } from './config-schema.ts';
import { builtInBreaker, type JobType } from './job-type.ts';
import { jobTypes, type BuiltInType } from '../model/job.ts';

const env = {
  type: 'object',
  title: 'Environment',
  description: 'Kept in the definition, readable by everyone who may see the job',
  additionalProperties: { type: 'string' },
} as const;
const workingDir = {
  type: 'string',
  title: 'Working folder',
  description: 'The scripts folder when left out',
} as const;

interface Described {
  readonly label: string;
  readonly description: string;
  readonly schema: ConfigSchema;
}

const described: Readonly<Record<BuiltInType, Described>> = {
  script: {
    label: 'Script',
    description: 'A file of the scripts folder, read by its interpreter.',
    schema: {
      type: 'object',
      properties: {
        script: { type: 'string', title: 'Script', description: 'A file of the scripts folder', minLength: 1 },
        args: { type: 'array', title: 'Arguments', items: { type: 'string' } },
        env,
        working_dir: workingDir,
      },
      required: ['script'],
    },
  },
  command: {
    label: 'Command',
    description: 'Any program with its arguments; off unless security.allow_command is set.',
    schema: {
      type: 'object',
      properties: {
        argv: { type: 'array', title: 'Program and arguments', items: { type: 'string' }, minItems: 1 },
        env,
        working_dir: workingDir,
      },
      required: ['argv'],
    },
  },
  http: {
    label: 'HTTP call',
    description: 'One request, judged by its status.',
    schema: {
      type: 'object',
      properties: {
        method: { type: 'string', title: 'Method', default: 'GET' },
        url: { type: 'string', title: 'URL', format: 'uri' },
        headers: { type: 'object', title: 'Headers', additionalProperties: { type: 'string' } },
        body: { type: 'string', title: 'Body', format: 'multiline' },
        expected_status: { type: 'array', title: 'Expected status', items: { type: 'string' } },
      },
      required: ['url'],
    },
  },
  function: {
    label: 'Function',
    description: 'Code that the embedding program registered under a name.',
    schema: {
      type: 'object',
      properties: { name: { type: 'string', title: 'Function', minLength: 1, maxLength: 200 } },
      required: ['name'],
    },
  },
};

export const builtInTypes: readonly JobType[] = jobTypes.map((id) => ({
  id,
  ...described[id],
  frequencyText: 'As its schedule says',
  defaults: { schedule: null, retry: null, breaker: builtInBreaker, timeoutSeconds: null },
  origin: 'built_in',
  source: null,
  handler: null,
  provision: null,
  cannotRun: null,
}));
