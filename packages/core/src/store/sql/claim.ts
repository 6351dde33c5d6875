/** T2 as both databases make it: which lines have something to claim, how much of each may be taken, and in which order. */
import { sql } from 'kysely';
import type { Instant, Millis } from '../../model/instant.ts';
import { turnsOf } from '../../model/ageing.ts';
import { Rooms, type Limited } from '../../model/limit.ts';
import type { DispatchTable } from '../dispatch-table.ts';
import { inLine, type ClaimRow } from './dispatch.ts';
import { personOf, readLocks, toLimit } from './limits.ts';
import { numberQueues, ownerless, type LineKey, type QueueNumbers } from './queues.ts';
import { runRows, type Session } from './session.ts';

/** A line of waiting runs that has something to claim: one number for what they need and what limits them, one priority. */
export interface Line {
  readonly queue: number;
  readonly name: string;
  readonly labels: string;
  readonly locks: string;
  /** Whose jobs they are of; 0 while nobody had to know. */
  readonly person: number;
  readonly priority: number;
  readonly head: number;
  /** Of its last run, which may be ahead. */
  readonly tail: number;
  readonly now: number;
  /** Of a line of one job: how many more of it may live. Null for all others. */
  readonly room: number | null;
  /** How many limits there are at all. */
  readonly limits: number;
}

export type ClaimRequest = Parameters<DispatchTable['claim']>[0];

/** What a claim asks of one line. */
export interface LineRequest<L extends Line = Line> {
  readonly line: L;
  /** Only what has waited so long. */
  readonly agedMs: Millis;
  /** Only what may start since later than this: an earlier turn of this claim has been through all before. Null for all. */
  readonly after: Instant | null;
  readonly free: number;
}

export interface ClaimParts<L extends Line = Line> {
  /** @param names of queues, as JSON: their lines that have something to claim */
  readonly lines: (names: string) => Promise<readonly L[]>;
  /** Lets nobody else count what this transaction counts, until its end. */
  readonly alone: () => Promise<void>;
  readonly take: (asked: LineRequest<L>) => Promise<readonly ClaimRow[]>;
}

/** Rows that one claim puts into their persons' lines. */
const sortedAtOnce = 500;

/** Claims that only a transaction makes: what it counts holds until its end. */
export async function claimLines<L extends Line>(
  session: Session,
  numbers: QueueNumbers,
  request: ClaimRequest,
  parts: ClaimParts<L>,
): Promise<readonly ClaimRow[]> {
  if (request.free <= 0) return [];
  const read = (): Promise<readonly L[]> => linesOf(parts, request);
  const lines = await read();
  if (!lines.some(isLimited)) return takeInTurns(lines, null, request, parts);
  // Before anything is claimed: who waits here must hold nothing that the one in front could want.
  await parts.alone();
  const { rooms, byPerson } = await countRooms(session);
  if (!byPerson || lines.every(({ person }) => person !== 0)) return takeInTurns(lines, rooms, request, parts);
  await sortByPerson(session, numbers, lines);
  const sorted = (await read()).filter(({ person }) => person !== 0);
  return takeInTurns(sorted, rooms, request, parts);
}

/**
 * The same for one that stands free, each of whose statements is a change by itself.
 *
 * @returns null where only a transaction may claim, or several lines would be a commit each
 */
export async function claimOneLine<L extends Line>(
  request: ClaimRequest,
  parts: Pick<ClaimParts<L>, 'lines' | 'take'>,
): Promise<readonly ClaimRow[] | null> {
  if (request.free <= 0) return [];
  const lines = await linesOf(parts, request);
  return lines.length > 1 || lines.some(isLimited) ? null : takeInTurns(lines, null, request, parts);
}

/** Lines of the worker's queues that want no label it has not. */
async function linesOf<L extends Line>(
  { lines }: Pick<ClaimParts<L>, 'lines'>,
  { queues, labels }: ClaimRequest,
): Promise<readonly L[]> {
  const has = new Set(labels);
  const all = await lines(JSON.stringify(queues));
  return all.filter((line) => readLocks(line.labels).every((label) => has.has(label)));
}

/** Goes through no part of a line twice in one claim: it may be much, and all behind a full limit. */
function walkingOnce<L extends Line>(
  take: ClaimParts<L>['take'],
): (asked: Omit<LineRequest<L>, 'after'>) => ReturnType<typeof take> {
  const through = new Map<Line, Instant>();
  return async (asked) => {
    const { line, agedMs, free } = asked;
    const rows = await take({ ...asked, after: through.get(line) ?? null });
    if (rows.length < free) through.set(line, line.now - agedMs);
    return rows;
  };
}

/** As many of each line as there is room for, in the order of their turns. @param rooms null when nothing is limited */
async function takeInTurns<L extends Line>(
  lines: readonly L[],
  rooms: Rooms | null,
  { free, ageingMs = 0 }: ClaimRequest,
  { take }: Pick<ClaimParts<L>, 'take'>,
): Promise<readonly ClaimRow[]> {
  const claims: ClaimRow[] = [];
  const kept = new Set<string>();
  const walk = walkingOnce(take);
  const [{ now } = { now: 0 }] = lines;
  for (const { line, agedMs } of turnsOf(lines, { now, stepMs: ageingMs })) {
    if (claims.length >= free) break;
    const limited = limitedOf(line);
    const most = Math.min(free - claims.length, roomOf(line, rooms, limited));
    if (most > 0) {
      const rows = await walk({ line, agedMs, free: most });
      rooms?.take(limited, rows.length);
      claims.push(...inLine(rows));
    } else if (waitsForSeveral(line, limited, ageingMs) && !kept.has(line.locks)) {
      kept.add(line.locks);
      rooms?.keepFor(limited);
    }
  }
  return claims;
}

const roomOf = ({ room }: Line, rooms: Rooms | null, limited: Limited): number =>
  Math.min(room ?? Infinity, rooms === null ? Infinity : rooms.roomFor(limited));

/** Who has waited long for several locks gets them one by one: else those that need one alone would always be before it. */
const waitsForSeveral = ({ now, head }: Line, { locks }: Limited, ageingMs: Millis): boolean =>
  locks.length > 1 && ageingMs > 0 && now - head >= ageingMs;

const isLimited = ({ limits, locks }: Line): boolean => limits > 0 || locks !== '[]';

function limitedOf({ name, locks, person }: Line): Limited {
  return { queue: name, locks: readLocks(locks), person: person > 0 ? person : null };
}

/** Limits and uses as they are when nobody else claims. Leases are few: as many as all workers have slots. */
async function countRooms(session: Session): Promise<{ readonly rooms: Rooms; readonly byPerson: boolean }> {
  const limits = (await session.rows(session.build.selectFrom('limits').selectAll())).map(toLimit);
  const living = session.build
    .selectFrom('leases as l')
    .innerJoin('queues as k', 'k.id', 'l.queue')
    .groupBy([sql`1`, sql`2`, sql`3`]);
  const uses = await session.rows(
    living.select((on) => ['k.name', 'k.locks', personOf('l').as('person'), on.fn.countAll<number>().as('count')]),
  );
  return {
    rooms: new Rooms(
      limits,
      uses.map(({ name, locks, person, count }) => ({ queue: name, locks: readLocks(locks), person, count })),
    ),
    byPerson: limits.some(({ kind }) => kind === 'person'),
  };
}

/**
 * Runs wait without a word of their owner until somebody is limited: then the first that may be claimed go to the line of
 * their person, each once. A long backlog goes in parts, a claim each: others wait for this transaction.
 */
async function sortByPerson(session: Session, numbers: QueueNumbers, lines: readonly Line[]): Promise<void> {
  const unsorted = new Map(lines.filter(({ person }) => person === 0).map((line) => [line.queue, line]));
  if (unsorted.size === 0) return;
  const { build } = session;
  const ids = [...unsorted.keys()];
  const jobs = await session.rows(build.selectFrom('queues').select(['id', 'job']).where('id', 'in', ids));
  const jobsOf = new Map(jobs.map(({ id, job }) => [id, job]));
  const some = await session.rows(
    build
      .selectFrom('queue as q')
      .leftJoin('jobs as j', 'j.id', 'q.job_id')
      .where('q.queue', 'in', ids)
      .where('q.available_at', '<=', sql<number>`now_ms()`)
      .orderBy('q.priority')
      .orderBy('q.available_at')
      .orderBy('q.run_id')
      .limit(sql.lit(sortedAtOnce))
      .select(['q.run_id', 'j.owner_id']),
  );
  if (some.length === 0) return;
  const owners = new Map(some.map(({ run_id, owner_id }) => [run_id, owner_id ?? ownerless]));
  const taken = await session.rows(
    build
      .deleteFrom('queue')
      .where('run_id', 'in', [...owners.keys()])
      .returningAll(),
  );
  const keyOf = (row: { readonly queue: number; readonly run_id: number }): LineKey => {
    const { name = '', labels = '[]', locks = '[]' } = unsorted.get(row.queue) ?? {};
    const job = jobsOf.get(row.queue) ?? 0;
    const person = owners.get(row.run_id) ?? ownerless;
    return { queue: name, workerLabels: readLocks(labels), locks: readLocks(locks), person, job };
  };
  const keyed = taken.map((row) => ({ row, key: keyOf(row) }));
  const numberOf = await numberQueues(
    session,
    numbers,
    keyed.map(({ key }) => key),
  );
  await runRows(
    session,
    session.hot.enqueue,
    keyed.map(({ row, key }) => ({ ...row, queue: numberOf(key) })),
  );
}
