import type { ScriptApproval, ScriptReview } from 'job-trigger-contract';
import type { StateLook } from '../../lib/states.ts';

export const standingLooks: Readonly<Record<ScriptApproval['standing'], StateLook>> = {
  new: { label: 'Never approved', group: 'attention', icon: 'warning' },
  changed: { label: 'Changed, not approved', group: 'attention', icon: 'warning' },
  changes_requested: { label: 'Changes requested', group: 'attention', icon: 'warning' },
  rejected: { label: 'Rejected', group: 'failed', icon: 'cross' },
  missing: { label: 'Missing', group: 'failed', icon: 'plug-off' },
  approved: { label: 'Approved', group: 'success', icon: 'check' },
};

/** What it means for the jobs that name it. */
export const standingWords: Readonly<Record<ScriptApproval['standing'], string>> = {
  new: 'No job runs it before another person than its author has approved it.',
  changed: 'No job runs it before what it holds now is approved. What was approved last is compared below.',
  changes_requested: 'No job runs it as it is: it is to be changed first.',
  rejected: 'No job runs it as it is.',
  missing: 'It is not in the scripts folder, or may not run.',
  approved: 'Jobs run exactly what is shown here. One byte more, and it needs approval again.',
};

export const noteWords: Readonly<Record<ScriptReview['notes'][number]['kind'], string>> = {
  comment: 'said',
  approved: 'approved it',
  changes_requested: 'asked for changes',
  rejected: 'rejected it',
  written: 'wrote it',
  replaced: 'put another content in its place',
  removed: 'deleted it',
};

/** How it stands, or how far it is where one approval is not all. */
export function lookOf(script: ScriptApproval, needed: number): StateLook {
  const begun = begunText(script, needed);
  const look = standingLooks[script.standing];
  return begun === null ? look : { ...look, label: `Approved ${begun}` };
}

/** `1 of 2, by Mei` where a first person approved and another has to; null elsewhere. */
export function begunText({ standing, version }: ScriptApproval, needed: number): string | null {
  if (standing === 'approved' || version === null || version.state !== 'approved') return null;
  return `${version.approvals} of ${needed}, by ${version.decided_by}`;
}

export const shortHash = (sha256: string): string => sha256.slice(0, 12);
