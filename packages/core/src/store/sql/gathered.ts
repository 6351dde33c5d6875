/** Many that do the same in one transaction, each unaware of the others: what they ask in the same moment is asked once. */
import type { Id } from '../../model/id.ts';
import type { Tables } from '../store.ts';

/** Asks for all that were asked for since the last time. @returns the answer to one of them */
type Ask<Key, Answer> = (keys: readonly Key[]) => Promise<(key: Key) => Answer>;

/** Questions of several kinds that wait for the end of a moment, in the order in which each was first asked. */
class Moment {
  #waiting: (() => void)[] = [];

  add(send: () => void): void {
    // By the next tick everybody whom the last answers woke up has asked what they ask next.
    if (this.#waiting.length === 0) process.nextTick(() => this.end());
    this.#waiting.push(send);
  }

  end(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const send of waiting) send();
  }
}

/** A question that one asks for itself, carried out for all who asked it in a moment. */
function gather<Key, Answer>(moment: Moment, ask: Ask<Key, Answer>): (key: Key) => Promise<Answer> {
  let asked: { readonly keys: Key[]; readonly answer: Promise<(key: Key) => Answer> } | null = null;
  return async (key) => {
    if (asked === null) {
      const keys: Key[] = [];
      const answer = Promise.withResolvers<(key: Key) => Answer>();
      asked = { keys, answer: answer.promise };
      moment.add(() => {
        asked = null;
        ask(keys).then(answer.resolve, answer.reject);
      });
    }
    asked.keys.push(key);
    return (await asked.answer)(key);
  };
}

/** A question that is not about a job, and so the same for all: asked once, whoever asks it. */
const once =
  <Key, Answer>(ask: (key: Key) => Promise<Answer>): Ask<Key, Answer> =>
  async (keys) => {
    const answers = new Map(await Promise.all([...new Set(keys)].map(async (key) => [key, await ask(key)] as const)));
    return (key) => answers.get(key) as Answer;
  };

const done = (): void => undefined;

const onlyAlone = 'This is done by a transaction that is shared with nobody.';

function byJob<Row>(rows: readonly Row[], jobOf: (row: Row) => Id): (jobId: Id) => readonly Row[] {
  const found = Map.groupBy(rows, jobOf);
  return (jobId) => found.get(jobId) ?? [];
}

interface Gathered {
  /** The tables of one of the many. What is not gathered is asked at once. */
  tablesOfOne(): Tables;
  /** Asks what has been asked for, before the moment is over. */
  ask(): void;
}

/**
 * @param tables of the transaction that they share. What a request asks of its job is gathered (`readAhead` says what that is).
 * @param many how many they are
 */
export function gathered(tables: Tables, many: number): Gathered {
  const moment = new Moment();
  const { jobs, schedules, calendars, maintenance, limits, runs } = tables;

  const lock = gather<Id, void>(moment, async (ids) => {
    await jobs.lock(ids);
    return done;
  });
  const job = gather(moment, async (ids: readonly Id[]) => {
    const found = await jobs.byIds(ids);
    return (id) => found.get(id) ?? null;
  });
  const ofJob = gather(moment, async (ids: readonly Id[]) => byJob(await schedules.ofJobs(ids), ({ jobId }) => jobId));
  const live = gather(moment, async (ids: readonly Id[]) => byJob(await runs.live(ids), ({ jobId }) => jobId));
  const insertLast = gather<Parameters<typeof runs.insertLast>[0], void>(moment, async (each) => {
    await runs.insertLast(each.flat());
    return done;
  });
  const asked = <Answer>(ask: () => Promise<Answer>): (() => Promise<Answer>) => {
    const gathering = gather<null, Answer>(moment, once(ask));
    return () => gathering(null);
  };
  const [unasked, now] = [asked(() => calendars.inForce([])), asked(() => tables.now())];
  const unsettled = asked(() => maintenance.unsettled());
  const waiting = gather(
    moment,
    once((most: number) => limits.waiting(most)),
  );

  const shared = Object.create(
    tables,
    Object.getOwnPropertyDescriptors({
      now,
      jobs: {
        ...jobs,
        get: job,
        lock: async (ids) => void (await Promise.all(ids.map(lock))),
      },
      schedules: { ...schedules, ofJob },
      calendars: { ...calendars, inForce: (ids) => (ids.length === 0 ? unasked() : calendars.inForce(ids)) },
      maintenance: { ...maintenance, unsettled },
      // What the others add is not written yet: each counts all of them. Whom that refuses is asked once more, alone.
      limits: {
        ...limits,
        waiting: async (most) => (await waiting(most)) + many - 1,
        held: async (...asked) => (await limits.held(...asked)) + many - 1,
      },
      runs: {
        ...runs,
        insertLast,
        // The end of a waiting run may start what follows its job, and reads what lives and waits of that: two of them, or one beside a
        // request for the follower, would not see each other.
        endWaiting: (ids, end) => (ids.length === 0 ? runs.endWaiting(ids, end) : Promise.reject(new Error(onlyAlone))),
        live: async (ids) => (ids.length === 1 ? await live(ids[0] ?? 0) : await runs.live(ids)),
      },
    } satisfies Partial<Tables>),
  ) as Tables;
  return { tablesOfOne: () => Object.create(shared) as Tables, ask: () => moment.end() };
}
