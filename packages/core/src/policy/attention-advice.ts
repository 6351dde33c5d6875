/** What to do about an item: one act, and the sentence that goes with it. */
import { alertAdvice } from '../model/alert.ts';
import type { AttentionAct, AttentionItem } from '../model/attention.ts';
import type { FailureCategory } from '../model/run.ts';
import { failureAdvice } from '../model/trouble.ts';

export interface AttentionAdvice {
  readonly act: AttentionAct;
  readonly text: string;
}

const acts: Readonly<Record<FailureCategory, AttentionAct>> = {
  api_limit: 'retry_later',
  auth_error: 'edit_job',
  network_error: 'retry',
  config_error: 'edit_job',
  timeout: 'edit_job',
  script_error: 'open_log',
  unknown: 'open_log',
};

const severalText: Readonly<Partial<Record<FailureCategory, string>>> = {
  auth_error: 'Their jobs share an account or a secret: renew it, then run them again.',
  network_error: 'Check the address that they share, and whether the workers reach it; then run them again.',
};

/** Chosen by the class of the failure, or by what the alert is about. */
export function adviceOf(item: Pick<AttentionItem, 'kind' | 'category' | 'run' | 'jobs' | 'alertId'>): AttentionAdvice {
  const { kind, category, run, jobs } = item;
  if (category !== null) {
    const text = (jobs > 1 ? severalText[category] : undefined) ?? failureAdvice[category].text;
    return { act: jobs > 1 ? 'retry_all' : acts[category], text };
  }
  if (kind === 'worker_lost' && run !== null)
    return { act: 'retry_all', text: 'Look what became of the worker; run again what may be run twice.' };
  if (kind === 'failing' || kind === 'retries_exhausted') return { act: 'open_log', text: failureAdvice.unknown.text };
  if (kind === 'missed') return { act: 'retry', text: alertAdvice({ kind }) };
  return { act: 'open', text: alertAdvice({ kind }) };
}
