/** Which item of attention a failed run belongs to, and what that item is called: facts → words. */
import type { AttentionKind } from '../model/attention.ts';
import type { Id } from '../model/id.ts';
import type { JobDefinition } from '../model/job.ts';
import type { Failure, FailureCategory, FinalState } from '../model/run.ts';
import { categoryOf } from './failure-pattern.ts';
import { evidenceLine } from './evidence-line.ts';
import { maskedLine } from './masked-line.ts';

/** A run that ended badly, as far as its cause shows. */
export interface FailedRun {
  readonly jobId: Id;
  readonly jobName: string;
  readonly definition: Pick<JobDefinition, 'type' | 'retry' | 'onLost'>;
  readonly state: Exclude<FinalState, 'succeeded' | 'cancelled'>;
  readonly reason: string | null;
  readonly attempt: number;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly failure: Failure | null;
  readonly workerName: string | null;
}

/** Where a failed run belongs. */
export interface Cause {
  readonly fingerprint: string;
  readonly kind: AttentionKind;
  readonly category: FailureCategory | null;
  readonly evidence: string;
}

/** The cause lies outside the job: jobs that say the same share an item. */
const shared: ReadonlySet<FailureCategory> = new Set(['api_limit', 'auth_error', 'network_error']);

/**
 * The cause of a failure by category, exit code, signal or HTTP status, and the masked line that tells most. Other
 * causes than a shared one belong to their job: two jobs that both end with exit 1 have nothing in common.
 */
export function causeOf(run: FailedRun): Cause {
  if (run.state === 'lost') return causeOfLoss(run);
  const { jobId, failure, definition, attempt } = run;
  const category = categoryOf(run);
  const line = evidenceLine(failure?.detail ?? null);
  const said = saidOf(failure, line, category);
  const whose = shared.has(category) && said !== '' ? '*' : String(jobId);
  return {
    fingerprint: `failing:${whose}:${category}:${endOf(run)}:${said}`,
    kind: definition.retry !== null && attempt > 1 ? 'retries_exhausted' : 'failing',
    category,
    evidence: evidenceOf(failure, line),
  };
}

/** How long it took and such stands in a message, and is masked with the rest. */
function saidOf(failure: Failure | null, line: string | null, category: FailureCategory): string {
  if (line !== null) return maskedLine(line);
  return category === 'timeout' || failure === null ? '' : maskedLine(failure.message);
}

/** A lost run is no fault of its job, unless it is the job that is lost again and again. */
function causeOfLoss({ jobId, reason, definition, workerName }: FailedRun): Cause {
  const lost = { category: null, evidence: 'Its worker stopped reporting; what it did is unknown.' } as const;
  if (reason === 'stuck')
    return {
      ...lost,
      fingerprint: `stuck:${jobId}`,
      kind: 'stuck',
      evidence: 'It was still open long after its time-out.',
    };
  if (definition.onLost === 'rerun') return { ...lost, fingerprint: `set_aside:${jobId}`, kind: 'set_aside' };
  return { ...lost, fingerprint: `worker_lost:${workerName ?? 'unknown'}`, kind: 'worker_lost' };
}

function endOf({ exitCode, signal, failure, definition }: FailedRun): string {
  if (signal !== null) return signal;
  if (exitCode !== null) return `exit ${exitCode}`;
  const status = definition.type === 'http' ? /^HTTP (\d{3})/u.exec(failure?.message ?? '') : null;
  return status === null ? '' : `http ${status[1]}`;
}

/** "Exit 1 after 3 s: Error: no such file". */
function evidenceOf(failure: Failure | null, line: string | null): string {
  const message = failure?.message ?? '';
  if (line === null || message.includes(line)) return message;
  return message === '' ? line : `${message}: ${line}`;
}

export interface TitleFacts {
  readonly kind: AttentionKind;
  /** Runs that ended so. */
  readonly times: number;
  readonly jobs: number;
  /** Of the only job, or of one of them. */
  readonly jobName: string;
  readonly attempt: number;
  readonly workerName: string | null;
}

/** Of runs that ended without a fault of their own: one, and several. */
const endings: Readonly<Partial<Record<AttentionKind, readonly [one: string, several: string]>>> = {
  worker_lost: ['was lost', 'were lost'],
  set_aside: ['was set aside', 'were set aside'],
  stuck: ['was stuck', 'were stuck'],
};

/** Of an item with failed runs, in words. */
export function titleOf(facts: TitleFacts): string {
  const { kind, times, jobs, jobName, workerName } = facts;
  const whose = jobs === 1 ? jobName : `${jobs} jobs`;
  const ending = endings[kind];
  if (ending === undefined)
    return jobs === 1 ? failedWords(facts) : `${whose} fail alike${times === jobs ? '' : `, ${times} times`}`;
  const what = times === 1 ? `A run of ${whose} ${ending[0]}` : `${times} runs of ${whose} ${ending[1]}`;
  return kind === 'worker_lost' ? `${what} with worker ${workerName ?? 'unknown'}` : what;
}

function failedWords({ kind, times, jobName, attempt }: TitleFacts): string {
  if (times > 1) return `${jobName} failed ${times} times`;
  return kind === 'retries_exhausted' ? `${jobName} failed after ${attempt} attempts` : `${jobName} failed`;
}
