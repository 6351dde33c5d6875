/**
 * Transactions that wait at the same time share one commit, and so one sync of the disk: each is a savepoint, so that one
 * that fails takes back only its own. None is answered before the commit, not even with its failure: what it has seen may
 * have been another's, which is true only once that is on disk.
 */
import { JobTriggerError } from '../../errors.ts';
import type { Millis } from '../../model/instant.ts';
import type { Connection } from './connection.ts';
import type { Member, Outcome } from './member.ts';

/** A group takes in no more after this time or this number, so that the first is not answered late. */
const longest: Millis = 5;
const most = 100;

export interface GroupOptions {
  readonly connection: Connection;
  /** Takes the next that may share a commit out of the line. */
  readonly next: () => Member | null;
  /** Puts some back at the head of the line, each to be alone. */
  readonly putBack: (members: readonly Member[]) => void;
  /** @throws when the file is not what it was */
  readonly check: () => void;
  /** Hears of every failure of the database itself. True: try that member once more. */
  readonly failed: (error: unknown, member: Member) => boolean;
}

interface Carried {
  readonly member: Member;
  /** Its own failure; null when it did its work. */
  readonly failure: { readonly error: unknown } | null;
}

/** Carries out `first` and those that follow, between the BEGIN that the caller has made and the COMMIT. */
export async function carryOutGroup(first: Member, options: GroupOptions): Promise<void> {
  const { connection } = options;
  const began = performance.now();
  const opening = await first.carryOut({ patient: true, left: () => undefined });
  if (opening.kind === 'failed') {
    undo(connection);
    refuse(first, opening.error, options);
    return;
  }
  const carried: Carried[] = [{ member: first, failure: null }];
  while (!first.solo && carried.length < most && performance.now() - began < longest) {
    const member = options.next();
    if (member === null) break;
    const step = await join(member, options);
    if (step === 'broken') {
      undo(connection);
      options.putBack(carried.map((each) => each.member));
      return;
    }
    if (step === 'left') break;
    carried.push({ member, failure: step });
  }
  commit(carried, options);
}

/** @returns its failure, null without; `left` when it is not in the group; `broken` when the group is no more */
async function join(member: Member, options: GroupOptions): Promise<Carried['failure'] | 'left' | 'broken'> {
  const { connection, putBack } = options;
  const again = (): void => putBack([member]);
  try {
    connection.run('SAVEPOINT member', []);
  } catch {
    again();
    return 'broken';
  }
  const outcome = await member.carryOut({ patient: false, left: again });
  const isWhole = release(connection, outcome);
  if (outcome.kind === 'done' && isWhole) return null;
  if (outcome.kind === 'failed' && isWhole && !isOfDatabase(outcome.error)) return { error: outcome.error };
  if (outcome.kind !== 'waits') again();
  return isWhole ? 'left' : 'broken';
}

/** Ends the savepoint. @returns false when the whole transaction is gone: SQLite takes it back after some failures */
function release({ database, run }: Connection, { kind }: Outcome): boolean {
  try {
    if (kind !== 'done') run('ROLLBACK TO member', []);
    run('RELEASE member', []);
    return database.isTransaction;
  } catch {
    return false;
  }
}

/** Failures that say nothing about the work itself: it is done again on its own, and what then comes of it is told. */
function isOfDatabase(error: unknown): boolean {
  return error instanceof JobTriggerError && ofDatabase.includes(error.code);
}

const ofDatabase: readonly string[] = ['no_space', 'database_unreachable', 'database_damaged', 'database_gone'];

function commit(carried: readonly Carried[], options: GroupOptions): void {
  const { connection, check, putBack } = options;
  try {
    connection.run('COMMIT', []);
    check();
  } catch (error) {
    undo(connection);
    const full = error instanceof JobTriggerError && error.code === 'no_space';
    if (full && carried.length > 1) putBack(carried.map(({ member }) => member));
    else for (const { member } of carried) refuse(member, error, options);
    return;
  }
  for (const { member, failure } of carried) {
    if (failure === null) member.committed();
    else member.fail(failure.error);
  }
}

function refuse(member: Member, error: unknown, { failed, putBack }: GroupOptions): void {
  if (failed(error, member)) putBack([member]);
  else member.fail(error);
}

function undo({ database, run }: Connection): void {
  try {
    if (database.isTransaction) run('ROLLBACK', []);
  } catch {
    // What failed before is told; the next BEGIN says whether this one is still open.
  }
}
