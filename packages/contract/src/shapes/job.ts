import {
  catchUpPolicies,
  containments,
  dependencyModes,
  jobStatuses,
  jobTypes,
  pluginTypePattern,
  outputLimitPolicies,
  overlapPolicies,
  parameterTypes,
  resumePolicies,
  runStates,
  skipReasons,
} from 'job-trigger-core/model';
import { z } from 'zod';
import { Instant, PageQuery, queryList, QueryFlag, Reason, Uuid } from './common.ts';
import { DependsOn, DependsOnInput } from './depends-on.ts';
import { Breaker, BreakerInput, Intervention } from './failure.ts';
import { Explanation } from './why.ts';
import { Parameters, Priority, Run } from './run.ts';
import { Schedule, ScheduleInput } from './schedule.ts';

/** A type that comes with the product, or the id of a plugin's. */
const JobType = z.union([z.enum(jobTypes), z.string().regex(pluginTypePattern)]);

const Environment = z.record(z.string().max(200), z.string().max(131_000));
/** A list of arguments, or one string that is split as a shell would, never through a shell. */
const Args = z.union([z.array(z.string().max(131_000)).max(1000), z.string().max(131_000)]);

const ScriptConfig = z.strictObject({
  script: z.string().max(5000),
  args: Args.optional(),
  env: Environment.optional(),
  working_dir: z.string().max(1000).nullable().optional(),
});
const CommandConfig = z.strictObject({
  argv: z.array(z.string().max(131_000)).min(1).max(1000),
  env: Environment.optional(),
  working_dir: z.string().max(1000).nullable().optional(),
});
/** What must hold of the answer of an `http` job besides its status. */
export const HttpAssertion = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('body_contains'), text: z.string().max(10_000) }),
  z.strictObject({ kind: z.literal('body_matches'), pattern: z.string().max(500) }),
  z.strictObject({
    kind: z.literal('json_equals'),
    path: z.string().max(500),
    value: z.union([z.string().max(10_000), z.number(), z.boolean(), z.null()]),
  }),
  z.strictObject({ kind: z.literal('header_equals'), name: z.string().max(200), value: z.string().max(8000) }),
  z.strictObject({ kind: z.literal('max_duration'), seconds: z.number().min(0.001).max(86_400) }),
]);
export type HttpAssertion = z.infer<typeof HttpAssertion>;
const HttpConfig = z.strictObject({
  method: z.string().max(20).optional(),
  url: z.string().max(8000),
  headers: z.record(z.string().max(200), z.string().max(8000)).optional(),
  body: z.string().max(1_000_000).nullable().optional(),
  expected_status: z.array(z.int().min(100).max(599)).max(100).nullable().optional(),
  assertions: z.array(HttpAssertion).max(20).optional(),
});
const FunctionConfig = z.strictObject({ name: z.string().max(200) });

export const CatchUp = z.strictObject({
  policy: z.enum(catchUpPolicies),
  window_seconds: z.int().min(0).max(31_622_400).optional(),
  max: z.int().min(1).max(1000).optional(),
});

export const Retry = z.strictObject({
  max_attempts: z.int().min(1).max(100).optional(),
  strategy: z.enum(['fixed', 'exponential', 'custom']).optional(),
  delay_seconds: z.number().min(0).max(604_800).optional(),
  max_delay_seconds: z.number().min(0).max(604_800).nullable().optional(),
  max_total_seconds: z.number().min(0).max(31_622_400).nullable().optional(),
  delays_seconds: z.array(z.number().min(0).max(604_800)).min(1).max(100).nullable().optional(),
  on: z
    .strictObject({
      exit_codes: z.array(z.int().min(0).max(255)).max(256).nullable().optional(),
      http_status: z.array(z.int().min(100).max(599)).max(100).nullable().optional(),
      timed_out: z.boolean().optional(),
    })
    .optional(),
});

export const ParameterInput = z.strictObject({
  name: z.string().max(100),
  type: z.enum(parameterTypes).optional(),
  required: z.boolean().optional(),
  default: z
    .union([z.string().max(10_000), z.number(), z.boolean()])
    .nullable()
    .optional(),
  choices: z
    .array(z.union([z.string().max(1000), z.number()]))
    .max(500)
    .nullable()
    .optional(),
  pattern: z.string().max(500).nullable().optional(),
  description: z.string().max(2000).nullable().optional(),
});

/** What becomes of the files it leaves; an absent field takes the installation's setting. */
const ArtifactPolicyInput = z.strictObject({
  keep: z.int().min(1).max(100_000).nullable().optional().describe('Versions of one name.'),
  days: z.int().min(1).max(3650).nullable().optional(),
  max_files: z.int().min(0).max(10_000).nullable().optional().describe('Of one attempt.'),
  max_bytes: z.int().min(0).nullable().optional().describe('Of one attempt, all files together.'),
});

/** Scripts of the scripts folder around the main process. */
const HooksInput = z.strictObject({
  before: z.string().min(1).max(500).nullable().optional(),
  after: z.string().min(1).max(500).nullable().optional(),
});

/** Fields of a job that a person sets. In a change an absent one stays and `null` clears. */
const fields = {
  name: z.string().max(400),
  description: z.string().max(20_000).nullable(),
  tags: z.array(z.string().max(50)).max(50),
  timeout_seconds: z.number().min(1).max(604_800).nullable(),
  kill_grace_seconds: z.number().min(0).max(3600),
  on_lost: z.enum(['fail', 'rerun']),
  overlap: z.enum(overlapPolicies),
  max_concurrent: z.int().min(1).max(1000).nullable(),
  priority: Priority,
  queue: z.string().min(1).max(100),
  worker_labels: z.array(z.string().min(1).max(50)).max(20),
  catch_up: CatchUp,
  retry: Retry.nullable(),
  parameters: z.array(ParameterInput).max(100),
  max_runs: z.int().min(1).max(1_000_000_000).nullable(),
  start_deadline_seconds: z.number().min(1).max(31_622_400).nullable(),
  late_alert_seconds: z
    .number()
    .min(0)
    .max(31_622_400)
    .nullable()
    .describe('Not started this long after its instant raises an alert; null follows the schedule, 0 is off.'),
  source: z.string().max(200).nullable(),
  schedules: z.array(ScheduleInput).max(100),
  containment: z.enum(containments).nullable(),
  output_limit_policy: z.enum(outputLimitPolicies),
  breaker: BreakerInput.nullable().describe('Null is off; the settings decide where it was never set.'),
  depends_on: DependsOnInput.nullable().describe('The jobs it waits for; null waits for none.'),
  locks: z
    .array(z.string().min(1).max(100))
    .max(10)
    .describe('Named locks that a run holds while it lives; a lock takes one run unless it was given a count.'),
  artifacts: ArtifactPolicyInput.nullable(),
  hooks: HooksInput.nullable(),
  secrets: z
    .record(z.string().max(100), z.string().min(1).max(100))
    .describe(
      'By variable, the name of the secret that it is given; in an HTTP job it stands for `{{secret.VARIABLE}}`.',
    ),
};

/**
 * A job as it comes in. `config` belongs to `type`: `script`, `command`, `http` and `function` each have their own,
 * the types of plugins the one that `GET /api/job-types` tells.
 * `run_on_create` adds one run at once; `allow_past` lets a one-off lie in the past.
 */
export const JobInput = z
  .strictObject({
    ...z.object(fields).partial().shape,
    name: fields.name,
    type: JobType,
    config: z.record(z.string(), z.unknown()),
    active: z.boolean().optional(),
    run_on_create: z.boolean().optional(),
    allow_past: z.boolean().optional(),
  })
  .meta({ id: 'JobRequest' });
export type JobInput = z.infer<typeof JobInput>;

/** A job to try without saving it. `values` are those of its parameters, by name; `active` and `run_on_create` say nothing here. */
export const DraftRequest = JobInput.extend({
  values: Parameters.optional(),
  note: z.string().max(1000).nullable().optional(),
}).meta({ id: 'DraftRequest' });
export type DraftRequest = z.infer<typeof DraftRequest>;

export const JobPatch = z
  .strictObject({
    ...z.object(fields).partial().shape,
    type: JobType.optional(),
    config: z.record(z.string(), z.unknown()).optional(),
    active: z.boolean().optional(),
    allow_past: z.boolean().optional(),
    change_note: z.string().max(1000).nullable().optional(),
  })
  .meta({ id: 'JobPatch' });
export type JobPatch = z.infer<typeof JobPatch>;

/** What a problem document with the code `edit_conflict` says beside the rest: what was saved, and what was wanted. */
export const EditConflict = z
  .object({
    version: z.int().describe('The one that stands: send it as `If-Match` to save over it.'),
    saved_by: z.string().nullable(),
    saved_at: Instant,
    difference: z.array(z.object({ field: z.string(), theirs: z.unknown(), yours: z.unknown() })),
  })
  .meta({ id: 'EditConflict' });
export type EditConflict = z.infer<typeof EditConflict>;

/** The shape of `config` for each type that comes with the product; those of plugins check their own. */
export const configShapes = {
  script: ScriptConfig,
  command: CommandConfig,
  http: HttpConfig,
  function: FunctionConfig,
} as const;

/** A job as it goes out. */
export const Job = z
  .object({
    id: Uuid,
    name: z.string(),
    description: z.string().nullable(),
    type: z.string().describe('As in the request: `GET /api/job-types` lists them.'),
    config: z.record(z.string(), z.unknown()),
    active: z.boolean(),
    tags: z.array(z.string()),
    schedules: z.array(Schedule),
    timeout_seconds: z.number().nullable(),
    kill_grace_seconds: z.number(),
    on_lost: z.enum(['fail', 'rerun']),
    overlap: z.enum(overlapPolicies),
    max_concurrent: z.int().nullable(),
    priority: Priority,
    queue: z.string(),
    worker_labels: z.array(z.string()),
    catch_up: z.object({ policy: z.enum(catchUpPolicies), window_seconds: z.int(), max: z.int() }),
    retry: z.record(z.string(), z.unknown()).nullable(),
    parameters: z.array(z.record(z.string(), z.unknown())),
    max_runs: z.int().nullable(),
    start_deadline_seconds: z.number().nullable(),
    late_alert_seconds: z.number().nullable(),
    source: z.string().nullable(),
    containment: z.enum(containments).nullable(),
    output_limit_policy: z.enum(outputLimitPolicies),
    breaker: Breaker.nullable().describe('The one in force; null is off.'),
    depends_on: DependsOn.nullable(),
    locks: z.array(z.string()),
    artifacts: z
      .object({
        keep: z.int().nullable(),
        days: z.int().nullable(),
        max_files: z.int().nullable(),
        max_bytes: z.int().nullable(),
      })
      .nullable(),
    hooks: z.object({ before: z.string().nullable(), after: z.string().nullable() }).nullable(),
    secrets: z.record(z.string(), z.string()).describe('Names of secrets by variable, never values.'),
    owner_id: Uuid.nullable(),
    version: z.int(),
    status: z.enum(jobStatuses),
    next_due_at: Instant.nullable(),
    next_text: z.string().nullable().describe('Why there is no next instant; null when there is one.'),
    run_count: z.int(),
    last_run: Run.nullable(),
    last_error: z.string().nullable(),
    consecutive_failures: z.int(),
    intervention: Intervention.nullable().describe('Its breaker is open; null while it is not.'),
    paused: z
      .object({
        by: z.string().nullable(),
        at: Instant.nullable(),
        reason: z.string().nullable(),
        until: Instant.nullable(),
        on_resume: z.enum(resumePolicies),
      })
      .nullable(),
    provisioned: z
      .object({ subject: z.string(), detached: z.boolean() })
      .nullable()
      .describe('The plugin of its type asked for it; detached once a person has changed or taken it over.'),
    demo: z.boolean(),
    created_at: Instant,
    updated_at: Instant,
    deleted_at: Instant.nullable(),
    deleted_by: z.string().nullable(),
  })
  .meta({ id: 'Job' });
export type Job = z.infer<typeof Job>;

export const JobQuery = z.strictObject({
  ...PageQuery,
  search: z.string().max(200).optional(),
  status: z.enum(jobStatuses).optional(),
  type: JobType.optional(),
  tag: z.string().max(50).optional(),
  owner: Uuid.optional(),
  source: z.string().max(200).optional(),
  active: QueryFlag.optional(),
  scheduled: QueryFlag.optional(),
  deleted: QueryFlag.optional(),
  sort: z
    .enum(['created_at', '-created_at', 'name', '-name', 'next_due_at', '-next_due_at', 'updated_at', '-updated_at'])
    .optional(),
  total: QueryFlag.optional(),
});
export type JobQuery = z.input<typeof JobQuery>;

const onResume = z
  .enum(resumePolicies)
  .describe('Of the instants of the pause: none is run (default), the newest, or the oldest up to catch_up.max.');

export const PauseRequest = z
  .strictObject({
    until: Instant.nullable().optional(),
    reason: z.string().max(500).nullable().optional(),
    on_resume: onResume.optional(),
  })
  .meta({ id: 'PauseRequest' });
export type PauseRequest = z.infer<typeof PauseRequest>;

export const ResumeRequest = z
  .strictObject({ on_resume: onResume.optional().describe('Goes before what the pause was begun with.') })
  .meta({ id: 'ResumeRequest' });
export type ResumeRequest = z.infer<typeof ResumeRequest>;

export { skipReasons, type SkipReason } from 'job-trigger-core/model';

/** One line of the ledger. */
export const LedgerEntry = z
  .object({
    kind: z.enum(['occurrence', 'gap']),
    schedule_id: Uuid.nullable(),
    state: z.enum(['dispatched', 'skipped']),
    ...Reason,
    decided_at: Instant,
    due_at: Instant.optional(),
    run_id: Uuid.nullable().optional(),
    cause_run_id: Uuid.nullable().optional(),
    from: Instant.optional(),
    to: Instant.optional(),
    count: z.int().optional(),
    why: Explanation.describe('What became of it, with what stood in the way.'),
  })
  .meta({ id: 'LedgerEntry' });
export type LedgerEntry = z.infer<typeof LedgerEntry>;

export const LedgerQuery = z.strictObject({
  ...PageQuery,
  from: Instant.optional().describe('Instants from this one on; gaps are cut to the span.'),
  to: Instant.optional().describe('Instants up to this one, which is included.'),
  state: z.enum(['dispatched', 'skipped']).optional(),
  reason: queryList(skipReasons).optional(),
  schedule_id: Uuid.optional(),
});
export type LedgerQuery = z.input<typeof LedgerQuery>;

export const WhyQuery = z.strictObject({
  at: Instant.optional().describe('An instant that has passed or is to come; what holds now when absent.'),
});

export const JobVersion = z
  .object({ version: z.int(), created_at: Instant, author: z.string().nullable(), note: z.string().nullable() })
  .meta({ id: 'JobVersion' });

/** Why a job waits, ran or did not run, in sentences from the code that decided. */
const Prerequisite = z.object({
  job_id: Uuid,
  job_name: z.string(),
  run_id: Uuid.nullable(),
  state: z.enum(runStates).nullable(),
});

export const Why = z
  .object({
    answer: Explanation.describe('Of the instant that was asked for, else of what holds now.'),
    next: z.string().describe('When it runs next, or why it does not.'),
    maintenance: z
      .object({ id: Uuid, until: Instant.nullable(), text: z.string() })
      .nullable()
      .describe('The window that holds it now.'),
    waiting: z.array(z.object({ run_id: Uuid, ...Reason })),
    prerequisites: z
      .object({
        mode: z.enum(dependencyModes),
        chain_id: Uuid.nullable().describe('The chain that was looked at; null for a job with a schedule of its own.'),
        satisfied: z.array(Prerequisite),
        awaited: z.array(Prerequisite).describe('Not satisfied: open, or ended without success.'),
        text: z.string(),
      })
      .nullable()
      .describe('What it waits for, in the newest chain that came near; null when it waits for none.'),
    last: z.array(z.object({ at: Instant, text: z.string(), reason: z.string().nullable(), run_id: Uuid.nullable() })),
  })
  .meta({ id: 'Why' });
export type Why = z.infer<typeof Why>;
