/** Who may decide about a script. Pure: facts → a refusal, or null. */
import type { Id } from '../model/id.ts';
import type { ScriptDecision } from '../model/script-approval.ts';

/**
 * Whoever wrote the content by the portal; of one that changed on disk, whoever made a job name the file, as no other
 * author is known.
 */
export interface ScriptAuthor {
  /** Null where only the name was kept. */
  readonly id: Id | null;
  readonly name: string;
}

export interface DecisionFacts {
  readonly decision: ScriptDecision;
  /** Null for nobody in person. */
  readonly person: {
    readonly id: Id;
    readonly name: string;
    readonly role: string;
    readonly approver: boolean;
  } | null;
  /** What whoever asks is called: at the machine itself it is not the person's name. */
  readonly called: string;
  readonly byKey: boolean;
  readonly authors: readonly ScriptAuthor[];
  /** Whether authors wrote the content, and did not only name the file. */
  readonly isWritten: boolean;
  /** Whoever approved it since it was last refused. */
  readonly approvers: readonly (Id | null)[];
}

export interface DecisionRefusal {
  readonly code: 'forbidden' | 'conflict';
  readonly text: string;
}

const isAuthor = ({ person, called, authors }: DecisionFacts): boolean =>
  authors.some(({ id, name }) => (id === null ? name === called || name === person?.name : id === person?.id));

/** Why not; null for yes. */
export function refuseDecision(facts: DecisionFacts): DecisionRefusal | null {
  const { decision, person, byKey, authors, isWritten, approvers } = facts;
  if (byKey || person === null)
    return { code: 'forbidden', text: 'Only a person who is signed in decides about scripts; a key does not.' };
  if (!person.approver && person.role !== 'admin')
    return { code: 'forbidden', text: 'This needs an approver. An administrator can make you one.' };
  if (decision !== 'approved') return null;
  if (authors.length === 0)
    return { code: 'conflict', text: 'No job names this script: there is nothing to approve it for.' };
  if (isAuthor(facts)) {
    const did = isWritten ? 'You wrote what it holds' : 'You made a job name this script';
    return { code: 'forbidden', text: `${did}: another person has to approve it.` };
  }
  return approvers.includes(person.id)
    ? { code: 'conflict', text: 'You approved this content already; nobody approves the same twice.' }
    : null;
}
