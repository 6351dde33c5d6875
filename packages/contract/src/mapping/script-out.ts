import {
  formatInstant,
  toUuid,
  type ReviewedScript,
  type ScriptEditingState,
  type ScriptFileView,
  type ScriptReview as Review,
} from 'job-trigger-core';
import type { ScriptFile } from '../shapes/script-file.ts';
import type { ScriptApproval, ScriptReview } from '../shapes/script.ts';

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));

function versionToWire(version: Review['versions'][number]): ScriptReview['versions'][number] {
  return {
    number: version.number,
    sha256: version.hash,
    bytes: version.bytes,
    state: version.state,
    seen_at: formatInstant(version.createdAt),
    decided_at: instant(version.decidedAt),
    decided_by: version.decidedBy,
    note: version.note,
    approvals: version.approvals,
  };
}

export function scriptApprovalToWire({ file, version, standing, jobs }: ReviewedScript): ScriptApproval {
  return {
    id: toUuid(file),
    path: file.path,
    standing,
    problem: file.problem,
    seen_at: formatInstant(file.seenAt),
    version: version === null ? null : versionToWire(version),
    jobs: jobs.map((job) => ({
      id: toUuid(job),
      name: job.name,
      active: job.active,
      next_due_at: instant(job.nextDueAt),
    })),
  };
}

export function scriptReviewToWire(
  review: Review,
  { required, approvals }: { readonly required: boolean; readonly approvals: number },
): ScriptReview {
  return {
    ...scriptApprovalToWire(review),
    required,
    approvals_needed: approvals,
    approved_by: [...review.approvedBy],
    is_written: review.isWritten,
    authors: review.authors.map(({ name }) => name),
    refusal: review.refusal?.text ?? null,
    versions: review.versions.map(versionToWire),
    notes: review.notes.map((note) => ({
      id: toUuid(note),
      version: note.number,
      kind: note.kind,
      line: note.line,
      text: note.text,
      by: note.personName,
      at: formatInstant(note.createdAt),
    })),
    hints: review.hints.map(({ code, text, line }) => ({ code, text, line })),
    text: review.text,
    base: review.base?.number ?? null,
    lines: review.lines.map(({ kind, before, after, text }) => ({ kind, before, after, text })),
  };
}

export const scriptEditingToWire = ({ isAllowed, text }: ScriptEditingState): ScriptFile['editing'] => ({
  allowed: isAllowed,
  text,
});

export function scriptFileToWire(
  view: ScriptFileView,
  { editing, required }: { readonly editing: ScriptEditingState; readonly required: boolean },
): ScriptFile {
  return {
    path: view.path,
    text: view.text ?? view.content.toString('utf8'),
    is_text: view.text !== null,
    sha256: view.hash,
    bytes: view.content.length,
    editing: scriptEditingToWire(editing),
    approval_required: required,
    refusal: view.refusal,
    review: view.file === null ? null : toUuid(view.file),
    jobs: view.jobs.map((job) => ({ id: toUuid(job), name: job.name, active: job.active })),
    hints: view.hints.map(({ code, text, line }) => ({ code, text, line })),
    versions: view.versions.map(({ number, hash, bytes, state, createdAt, writtenBy }) => ({
      number,
      sha256: hash,
      bytes,
      state,
      at: formatInstant(createdAt),
      written_by: [...writtenBy],
    })),
  };
}
