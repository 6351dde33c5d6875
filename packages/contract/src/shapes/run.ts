import { attemptOutcomes, failureCategories, priorities, runStates, triggers } from 'job-trigger-core/model';
import { z } from 'zod';
import { RecommendedAction } from './failure.ts';
import { Explanation } from './why.ts';
import { Instant, PageQuery, QueryFlag, queryList, Reason, Uuid } from './common.ts';

export const RunState = z.enum(runStates);
export const Priority = z.enum(priorities);
/** Values by parameter name. */
export const Parameters = z.record(
  z.string().max(100),
  z.union([z.string().max(100_000), z.number(), z.boolean(), z.null()]),
);

/** Things that a run has dealt with, by what became of them. */
const ItemCounts = z.record(z.string(), z.number());

export const Failure = z
  .object({
    category: z.enum(failureCategories),
    message: z.string(),
    detail: z.string().nullable(),
    resets_at: Instant.nullable().describe('When the limit that it met is free again, as the other side said.'),
  })
  .meta({ id: 'Failure' });

export const TreeProof = z
  .object({
    count: z.int().describe('Processes that were seen, the first included.'),
    survivors: z.array(z.object({ pid: z.int(), command: z.string() })).describe('Those that could not be ended.'),
    left_behind: z.int().describe('Those that outlived the first one, and were killed.'),
    ignored_term: z.int().describe('Those that did not end when they were asked to (SIGTERM), and were killed.'),
    text: z.string(),
  })
  .meta({ id: 'TreeProof' });

export const Attempt = z
  .object({
    attempt: z.int(),
    outcome: z.enum(attemptOutcomes),
    ...Reason,
    worker_id: Uuid.nullable(),
    exit_code: z.int().nullable(),
    signal: z.string().nullable(),
    failure: Failure.nullable(),
    started_at: Instant.nullable(),
    ended_at: Instant,
    duration_seconds: z.number().nullable(),
    memory_peak_mb: z
      .number()
      .nullable()
      .describe('The most memory of its largest process, or of all of them as sampled; null where nobody could look.'),
    cpu_seconds: z.number().nullable().describe('Processor time of its processes; null likewise.'),
    processes: TreeProof.nullable().describe('What was found of its processes after its end; null when nobody looked.'),
  })
  .meta({ id: 'Attempt' });
export type Attempt = z.infer<typeof Attempt>;

export const Run = z
  .object({
    id: Uuid,
    job_id: Uuid,
    job_name: z.string(),
    job_version: z.int(),
    draft: z.boolean().describe('It tries a job that was never saved: there is no job to open.'),
    trigger: z.enum(triggers),
    schedule_id: Uuid.nullable(),
    due_at: Instant.nullable(),
    state: RunState,
    ...Reason,
    suspect: z.boolean().describe('Its worker has been silent; nothing is decided yet.'),
    cancelling: z.boolean(),
    attempt: z.int(),
    available_at: Instant.nullable(),
    created_at: Instant,
    started_at: Instant.nullable(),
    ended_at: Instant.nullable(),
    wait_seconds: z.number().nullable(),
    duration_seconds: z.number().nullable(),
    exit_code: z.int().nullable(),
    signal: z.string().nullable(),
    failure: Failure.nullable(),
    worker_id: Uuid.nullable(),
    worker_name: z.string().nullable(),
    priority: Priority,
    queue: z.string(),
    parameters: Parameters,
    result: z.unknown(),
    items: ItemCounts.nullable().describe('Counts that it left in the field `items` of its result.'),
    progress: z
      .object({
        fraction: z.number().nullable(),
        percent: z.number().nullable(),
        phase: z.string().nullable(),
        message: z.string().nullable(),
        items: ItemCounts.nullable(),
        at: Instant,
      })
      .nullable(),
    note: z.string().nullable(),
    requested_by: z.string().nullable(),
    cause_run_id: Uuid.nullable(),
  })
  .meta({ id: 'Run' });
export type Run = z.infer<typeof Run>;

/** A result that came after its lease was gone. */
export const LateResult = z
  .object({ at: Instant, outcome: z.string(), exit_code: z.int().nullable(), fence: z.int() })
  .meta({ id: 'LateResult' });

/** One job of a chain of runs. */
const ChainEntry = z
  .object({
    job_id: Uuid,
    job_name: z.string(),
    relation: z.enum(['upstream', 'this', 'downstream', 'beside']),
    run_id: Uuid.nullable(),
    state: z.enum(runStates).nullable().describe('Of its run; null for one that was not started.'),
    ...Reason,
    cause_run_id: Uuid.nullable().describe('The run that had failed.'),
  })
  .meta({ id: 'ChainEntry' });
export type ChainEntry = z.infer<typeof ChainEntry>;

/** One run with what only its own page needs. */
export const RunDetail = Run.extend({
  attempts: z.array(Attempt),
  why: z.string().describe('Why it ran, in one sentence.'),
  why_ran: Explanation,
  why_state: Explanation.nullable().describe('Why it waits, or how it ended otherwise than by its own result.'),
  chain: z
    .object({ id: Uuid.describe('The run that began it.'), entries: z.array(ChainEntry) })
    .nullable()
    .describe('Null for a run that is only itself.'),
  usual_seconds: z.number().nullable().describe('Median of the last 20 succeeded runs of its job.'),
  recommended_action: RecommendedAction.nullable().describe('What to do about its failure; null without one.'),
  artifact_count: z.int().describe('Files of it that are kept.'),
  late_results: z
    .array(LateResult)
    .describe('What a worker reported after the run was over for it: kept, and never applied.'),
  cancel_request: z
    .object({
      at: Instant,
      by: z.string().nullable(),
      note: z.string().nullable(),
      term_at: Instant.nullable().describe('When its processes were asked to end (SIGTERM); null while nobody has.'),
      kill_at: Instant.nullable().describe('When those that had not ended by then are killed (SIGKILL).'),
    })
    .nullable()
    .describe('Who asked for its end, when and why; null when nobody did.'),
}).meta({ id: 'RunDetail' });
export type RunDetail = z.infer<typeof RunDetail>;

export const RunQuery = z.strictObject({
  ...PageQuery,
  job_id: Uuid.optional(),
  state: queryList(runStates).optional(),
  trigger: queryList(triggers).optional(),
  reason: z.string().max(50).optional(),
  worker_id: Uuid.optional(),
  from: Instant.optional(),
  to: Instant.optional(),
});
export type RunQuery = z.input<typeof RunQuery>;

export const RunRequest = z
  .strictObject({
    parameters: Parameters.optional(),
    allow_inactive: z.boolean().optional(),
    priority: Priority.optional(),
    note: z.string().max(1000).nullable().optional(),
    bypass: z
      .boolean()
      .optional()
      .describe(
        'Leaves an open breaker open: only a success of this run closes it. Without it a run resets the job first.',
      ),
    with_downstream: z
      .boolean()
      .optional()
      .describe('Begin a chain: the jobs that wait for it start after it. Default false: only this job.'),
  })
  .meta({ id: 'RunRequest' });
export type RunRequest = z.infer<typeof RunRequest>;

export const RetryRequest = z
  .strictObject({
    parameters: Parameters.optional().describe('In place of those of the run.'),
    custom_parameters: Parameters.optional().describe('Over those of the run, by name.'),
    reset_failure_count: z.boolean().optional().describe('Failures count from now on, and an open breaker is closed.'),
    at: Instant.optional().describe('Not before; at once when absent.'),
    note: z.string().max(1000).nullable().optional(),
    with_downstream: z.boolean().optional().describe('Begin a chain: the jobs that wait for it start after it.'),
  })
  .meta({ id: 'RetryRequest' });
export type RetryRequest = z.infer<typeof RetryRequest>;

export const RetryAccepted = z
  .object({ run_id: Uuid, retry_scheduled_at: Instant, failure_count_reset: z.boolean() })
  .meta({ id: 'RetryAccepted' });

/** Values that a job was run with, each set once. */
export const ParameterHistory = z
  .object({
    items: z.array(
      z.object({
        values: Parameters,
        runs: z.int().describe('How many of the newest 500 runs of the job had them.'),
        last_run: z.object({
          id: Uuid,
          state: RunState,
          created_at: Instant,
          requested_by: z.string().nullable(),
        }),
      }),
    ),
  })
  .meta({ id: 'ParameterHistory' });
export type ParameterHistory = z.infer<typeof ParameterHistory>;

export const RunAccepted = z.object({ run_id: Uuid }).meta({ id: 'RunAccepted' });

/** One line of a run's output. `at` is when it was written. */
export const LogLine = z.object({
  line: z.int().describe('From 1.'),
  at: Instant.nullable(),
  stream: z.enum(['stdout', 'stderr', 'system']),
  text: z.string(),
  cut: z.boolean().optional().describe('Longer than 8 kB; `full_line` shows it all.'),
  open: z.boolean().optional().describe('Its end has not come yet: the same line may come again, longer.'),
});
export type LogLine = z.infer<typeof LogLine>;

/** A window of a log. Nothing is ever loaded whole; line numbers count from 1. */
export const LogWindow = z
  .object({
    items: z.array(LogLine),
    lines: z.int().describe('Lines so far.'),
    bytes: z.int(),
    cut_bytes: z.int().describe('Bytes that the cap took out of the middle.'),
    complete: z.boolean().describe('No more will come.'),
    first_error_line: z.int().nullable(),
    attempt: z.int(),
    hits_total: z
      .int()
      .optional()
      .describe('With `search`: all lines that hold the text; `items` are the first of them.'),
  })
  .meta({ id: 'LogWindow' });
export type LogWindow = z.infer<typeof LogWindow>;

/**
 * `from_line` pages forward, `tail` answers the end, `search` the lines that hold a text. `format=text` answers the whole
 * output as plain text instead, `download` the same as a file; both take a `Range` of bytes.
 *
 * `follow` goes on until the run has ended, over its later attempts too unless one is named. As text it writes whole
 * lines as they come. Otherwise it is a stream of server-sent events: `log` with a window of new lines, its id
 * `<attempt>:<line>` naming the last whole line, so that `Last-Event-ID` goes on behind it; `end` when nothing more comes.
 */
export const LogQuery = z.strictObject({
  attempt: z.coerce.number().int().min(1).max(10_000).optional(),
  from_line: z.coerce.number().int().min(1).optional(),
  tail: z.coerce.number().int().min(1).max(2000).optional(),
  limit: z.coerce.number().int().min(1).max(2000).optional(),
  search: z.string().min(1).max(500).optional(),
  ignore_case: QueryFlag.optional(),
  full_line: QueryFlag.optional(),
  format: z.enum(['json', 'text']).optional(),
  download: QueryFlag.optional(),
  follow: QueryFlag.optional(),
});
export type LogQuery = z.input<typeof LogQuery>;

export const CompareQuery = z.strictObject({
  with: z
    .union([z.literal('last_success'), Uuid])
    .default('last_success')
    .describe('Another run of the same job, or the newest that succeeded before.'),
  attempt: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe('Whose output is compared; the last one when absent.'),
  with_attempt: z.coerce.number().int().min(1).max(10_000).optional(),
});
export type CompareQuery = z.input<typeof CompareQuery>;

const Differing = z.array(z.object({ name: z.string(), run: z.unknown(), with: z.unknown() }));

/** A run beside another of its job. Lists hold only what differs. */
export const RunComparison = z
  .object({
    run: Run,
    with: Run.nullable().describe('Null when no run of the job succeeded before.'),
    facts: Differing.describe('State, version, trigger, worker, run time, exit code …'),
    definition: Differing.describe('Fields of the job that one version has otherwise than the other.'),
    parameters: Differing,
    environment: Differing.describe('Variables that the portal gave to the process, but ids and paths of the run.'),
    log: z.object({
      first_difference: z.int().nullable().describe('Line of the output; null when what was compared is the same.'),
      lines: z.array(z.object({ kind: z.enum(['same', 'run', 'with']), line: z.int(), text: z.string() })),
      more: z.boolean().describe('There are more differences, or lines that were not compared.'),
    }),
  })
  .meta({ id: 'RunComparison' });
export type RunComparison = z.infer<typeof RunComparison>;
