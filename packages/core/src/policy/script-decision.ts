/** Who may decide about a script. Pure: facts → a refusal, or null. */
import type { Id } from '../model/id.ts';
import type { ScriptDecision } from '../model/script-approval.ts';

/** Whoever made a job name the file: a file that changed on disk has no other author that is known. */
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
}

export interface DecisionRefusal {
  readonly code: 'forbidden' | 'conflict';
  readonly text: string;
}

const isAuthor = ({ person, called, authors }: DecisionFacts): boolean =>
  authors.some(({ id, name }) => (id === null ? name === called || name === person?.name : id === person?.id));

/** Why not; null for yes. */
export function refuseDecision(facts: DecisionFacts): DecisionRefusal | null {
  const { decision, person, byKey, authors } = facts;
  if (byKey || person === null)
    return { code: 'forbidden', text: 'Only a person who is signed in decides about scripts; a key does not.' };
  if (!person.approver && person.role !== 'admin')
    return { code: 'forbidden', text: 'This needs an approver. An administrator can make you one.' };
  if (decision !== 'approved') return null;
  if (authors.length === 0)
    return { code: 'conflict', text: 'No job names this script: there is nothing to approve it for.' };
  return isAuthor(facts)
    ? { code: 'forbidden', text: 'You made a job name this script: another person has to approve it.' }
    : null;
}
