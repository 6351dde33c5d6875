import type { NotStarted, ServedBy } from '../model/dependency.ts';
import type { Job } from '../model/job.ts';
import type { DependencyDecision } from '../policy/dependency.ts';
import type { NewRun } from '../store/run-table.ts';
import type { Tables } from '../store/store.ts';
import type { DependentGate, Gate } from './dependent-gate.ts';
import { passedParameters } from './passed-parameters.ts';

/** What becomes of a job in a chain: it starts with these values, or does not for this reason. */
export type Outcome =
  | {
      readonly notStarted: null;
      readonly servedBy: readonly ServedBy[];
      readonly gate: Extract<Gate, { kind: 'open' }>;
      readonly parameters: NewRun['parameters'];
    }
  | { readonly notStarted: NotStarted; readonly servedBy: readonly ServedBy[] };

interface OutcomeFacts {
  readonly decision: Exclude<DependencyDecision, { kind: 'wait' }>;
  readonly gate: DependentGate;
}

/** Its gates are asked last: what they let come counts for the next that is asked about the same job. */
export async function outcomeOf(tables: Tables, job: Job, { decision, gate }: OutcomeFacts): Promise<Outcome> {
  if (decision.kind === 'refuse') {
    const { causeJobId, cause } = decision;
    return { servedBy: [], notStarted: { reason: 'dependency', causeJobId, cause } };
  }
  const { servedBy } = decision;
  const passed = await passedParameters(tables, job, servedBy);
  if (passed.kind === 'missing') {
    const { jobId: causeJobId } = passed;
    const [cause = null] = servedBy.filter(({ jobId }) => jobId === causeJobId);
    return { servedBy, notStarted: { reason: 'no_value', causeJobId, cause } };
  }
  const verdict = await gate.ask(job);
  if (verdict.kind === 'closed') {
    const { reason, cause } = verdict;
    return { servedBy, notStarted: { reason, causeJobId: null, cause } };
  }
  return { servedBy, notStarted: null, gate: verdict, parameters: passed.values };
}
