/** Which bytes of a script may run: what was seen of a file, what was decided of it, and what was said about it. */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';
import { hasBuiltInType, type Job } from './job.ts';

export const scriptDecisions = ['approved', 'changes_requested', 'rejected'] as const;
export type ScriptDecision = (typeof scriptDecisions)[number];

export const scriptVersionStates = ['waiting', ...scriptDecisions] as const;
export type ScriptVersionState = (typeof scriptVersionStates)[number];

/** How a file stands now: what it holds, against what was decided. */
export const scriptStandings = ['new', 'changed', 'approved', 'changes_requested', 'rejected', 'missing'] as const;
export type ScriptStanding = (typeof scriptStandings)[number];

/** What a reviewer is told to look at. */
export const scriptHintCodes = [
  'no_first_line',
  'other_first_line',
  'large',
  'crlf',
  'byte_order_mark',
  'not_text',
  'secret',
  'neighbour',
  'hidden_characters',
] as const;
export type ScriptHintCode = (typeof scriptHintCodes)[number];

/** A file of the scripts folder that a job names, or named. */
export interface ScriptFile {
  readonly id: Id;
  /** When it was first seen. */
  readonly createdAt: Instant;
  /** Inside the scripts folder, with forward slashes. */
  readonly path: string;
  /** SHA-256 of what it held at the last look; null when it was not there, or was refused. */
  readonly hash: string | null;
  /** Why it could not be read; null when it could. */
  readonly problem: string | null;
  /** When that was found: a look that finds nothing new leaves it. */
  readonly seenAt: Instant;
}

/** One content of a file. A content that comes back is the version it was. */
export interface ScriptVersion {
  readonly scriptId: Id;
  /** From 1, in the order in which they were seen. */
  readonly number: number;
  readonly createdAt: Instant;
  readonly hash: string;
  readonly bytes: number;
  readonly state: ScriptVersionState;
  readonly decidedAt: Instant | null;
  readonly decidedBy: string | null;
  /** Null while undecided. */
  readonly decidedById: Id | null;
  /** People who approved it since it was last refused. It runs once there are as many as are asked for. */
  readonly approvals: number;
  readonly note: string | null;
}

/** What somebody did to a file by the portal: put a content there, had it give way to another, took the file away. */
export const scriptActs = ['written', 'replaced', 'removed'] as const;
export type ScriptAct = (typeof scriptActs)[number];

/**
 * What was said of a version, a comment on a line or on the whole, or a decision with its reason; and what was done
 * with it. Kept for ever.
 */
export interface ScriptNote {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly scriptId: Id;
  readonly number: number;
  readonly kind: 'comment' | ScriptDecision | ScriptAct;
  /** From 1; null for the whole. */
  readonly line: number | null;
  readonly text: string;
  readonly personId: Id | null;
  readonly personName: string;
}

/** Files that a definition has executed: its script, and the hooks around it. */
export function scriptsOf(definition: Job['definition']): readonly string[] {
  const own = hasBuiltInType(definition) && definition.type === 'script' ? [definition.config.script] : [];
  const { before = null, after = null } = definition.hooks ?? {};
  return [...new Set([...own, ...[before, after].filter((path) => path !== null)])];
}

/** @param needed how many people approve it before it runs */
export function isApproved({ state, approvals }: Pick<ScriptVersion, 'state' | 'approvals'>, needed: number): boolean {
  return state === 'approved' && approvals >= needed;
}

/** Whoever approved a version since it was last refused, the first before all. @param notes oldest first */
export function approvalsOf(notes: readonly ScriptNote[], number: number): readonly ScriptNote[] {
  const decisions = notes.filter((note) => note.number === number && note.kind in decided);
  return decisions.slice(decisions.findLastIndex(({ kind }) => kind !== 'approved') + 1);
}

const decided: Readonly<Record<ScriptDecision, true>> = { approved: true, changes_requested: true, rejected: true };

/** Whoever put a content there by the portal, each once. @param notes oldest first */
export function writersOf(notes: readonly ScriptNote[], number: number): readonly ScriptWriter[] {
  const written = notes.filter((note) => note.number === number && note.kind === 'written');
  return [...new Map(written.map(({ personId: id, personName: name }) => [id ?? name, { id, name }])).values()];
}

interface ScriptWriter {
  /** Null where only the name was kept. */
  readonly id: Id | null;
  readonly name: string;
}

/** What a file that holds something is measured by. */
interface Approval {
  /** An earlier content of it was approved. */
  readonly wasApproved: boolean;
  readonly needed: number;
}

/** @param version the one the file holds now */
export function standingOf(
  { hash }: Pick<ScriptFile, 'hash'>,
  version: Pick<ScriptVersion, 'state' | 'approvals'> | null,
  { wasApproved, needed }: Approval,
): ScriptStanding {
  if (hash === null) return 'missing';
  const state = version?.state ?? 'waiting';
  if (version !== null && isApproved(version, needed)) return 'approved';
  if (state === 'changes_requested' || state === 'rejected') return state;
  return wasApproved ? 'changed' : 'new';
}
