import { sql } from 'kysely';
import { together } from '../../system/together.ts';
import type { ChainMember, ServedBy } from '../../model/dependency.ts';
import type { Id } from '../../model/id.ts';
import { isFinal, type FinalState, type RunState, type Trigger } from '../../model/run.ts';
import type { ChainTable, Ended, MemberStanding, Settle } from '../chain-table.ts';
import { readValue } from './json.ts';
import type { ChainMemberRow } from './chain-rows.ts';
import type { Session } from './session.ts';

/** Jobs asked of in one statement. */
const jobsAtOnce = 50;

interface EndedRow {
  readonly id: number;
  readonly created_at: number;
  readonly job_id: number;
  readonly trigger: string;
  readonly state: string | null;
  readonly ended_at: number | null;
}

function toMember(row: ChainMemberRow): ChainMember {
  const reference = (id: number | null, createdAt: number | null) =>
    id === null || createdAt === null ? null : { id, createdAt };
  return {
    chain: { id: row.chain_id, createdAt: row.chain_created_at },
    jobId: row.job_id,
    run: reference(row.run_id, row.run_created_at),
    notStarted:
      row.reason === null
        ? null
        : {
            reason: row.reason,
            causeJobId: row.cause_job_id,
            cause: reference(row.cause_run_id, row.cause_created_at),
          },
    servedBy: (readValue(row.served_by, 'chain_members.served_by') as readonly ServedBy[] | null) ?? [],
    decidedAt: row.decided_at,
  };
}

function toStanding({ state, ...row }: ChainMemberRow & { readonly state: string | null }): MemberStanding {
  const known = state as RunState | null;
  return { ...toMember(row), state: known !== null && isFinal(known) ? known : null };
}

function toEnded(row: EndedRow): readonly Ended[] {
  if (row.state === null || row.ended_at === null) return [];
  return [
    {
      id: row.id,
      createdAt: row.created_at,
      jobId: row.job_id,
      trigger: row.trigger as Trigger,
      state: row.state as FinalState,
      endedAt: row.ended_at,
    },
  ];
}

const noReference = { id: null, createdAt: null };

function toRow({ chain, jobId, run, notStarted, servedBy, decidedAt }: ChainMember): ChainMemberRow {
  const of = run ?? noReference;
  const { reason, causeJobId, cause } = notStarted ?? { reason: null, causeJobId: null, cause: null };
  const because = cause ?? noReference;
  return {
    chain_id: chain.id,
    chain_created_at: chain.createdAt,
    job_id: jobId,
    run_id: of.id,
    run_created_at: of.createdAt,
    reason,
    cause_job_id: causeJobId,
    cause_run_id: because.id,
    cause_created_at: because.createdAt,
    served_by: JSON.stringify(servedBy),
    decided_at: decidedAt,
  };
}

export function chainTable(session: Session): ChainTable {
  const { build } = session;
  // Made when they are asked for, as every request has these tables in its hands and hardly any reads them.
  const standings = () =>
    build
      .selectFrom('chain_members as m')
      .leftJoin('runs as r', (on) => on.onRef('r.id', '=', 'm.run_id').onRef('r.created_at', '=', 'm.run_created_at'))
      .selectAll('m')
      .select('r.state');
  const runs = () => build.selectFrom('runs').select(['id', 'created_at', 'job_id', 'trigger', 'state', 'ended_at']);
  return {
    async ended(runIds) {
      if (runIds.length === 0) return [];
      return (await session.rows(runs().where('id', 'in', [...runIds]))).flatMap(toEnded);
    },
    async ofRuns(runIds) {
      if (runIds.length === 0) return [];
      const query = build
        .selectFrom('chain_members')
        .selectAll()
        .where('run_id', 'in', [...runIds]);
      return (await session.rows(query)).map(toMember);
    },
    async members(chainIds, jobIds) {
      if (chainIds.length === 0) return [];
      const wanted = standings()
        .where('m.chain_id', 'in', [...chainIds])
        .where((on) => on.or([on('m.job_id', 'in', [...jobIds, 0]), on('m.run_id', '=', on.ref('m.chain_id'))]));
      return (await session.rows(wanted)).map(toStanding);
    },
    async ofChain(chainId) {
      const all = standings().where('m.chain_id', '=', chainId).orderBy('m.decided_at').orderBy('m.job_id');
      return (await session.rows(all)).map(toStanding);
    },
    async newestOf(jobId, limit) {
      const newest = standings().where('m.job_id', '=', jobId).orderBy('m.decided_at', 'desc').limit(limit);
      return (await session.rows(newest)).map(toStanding);
    },
    async insert(members) {
      if (members.length === 0) return [];
      const query = build
        .insertInto('chain_members')
        .values(members.map(toRow))
        .onConflict((on) => on.doNothing())
        .returning(['chain_id', 'chain_created_at', 'job_id']);
      return (await session.rows(query)).map((row) => ({
        chain: { id: row.chain_id, createdAt: row.chain_created_at },
        jobId: row.job_id,
      }));
    },
    async replaceRun(chainId, jobId, run) {
      const own = build.updateTable('chain_members').where('chain_id', '=', chainId).where('job_id', '=', jobId);
      await session.change(own.set({ run_id: run.id, run_created_at: run.createdAt }));
    },
    async reopen(chainId, jobIds) {
      if (jobIds.length === 0) return;
      const own = build.deleteFrom('chain_members').where('chain_id', '=', chainId);
      await session.change(own.where('job_id', 'in', [...jobIds]).where('reason', '=', 'dependency'));
    },
    async newestEnded(jobIds) {
      const found: Ended[] = [];
      for (let at = 0; at < jobIds.length; at += jobsAtOnce) {
        const newest = (jobId: Id) =>
          runs()
            // A range of one job, and the order of its index, which the planner would otherwise not always take.
            .where('job_id', '>=', jobId)
            .where('job_id', '<=', jobId)
            .where('state', 'is not', null)
            .orderBy('job_id', 'desc')
            .orderBy('created_at', 'desc')
            .orderBy('id', 'desc')
            // In the text: of a number that it does not know a plan believes that it is a tenth of all.
            .limit(sql.lit(1));
        const some = jobIds.slice(at, at + jobsAtOnce);
        const [head, ...more] = some.map((id) => build.selectFrom(newest(id).as('n')).selectAll());
        if (head === undefined) break;
        found.push(...(await session.rows(more.reduce((all, one) => all.unionAll(one), head))).flatMap(toEnded));
      }
      return found;
    },
    async lastStarted(jobIds) {
      if (jobIds.length === 0) return new Map();
      const started = build
        .selectFrom('chain_members')
        .where('job_id', 'in', [...jobIds])
        .where('run_id', 'is not', null)
        .whereRef('run_id', '<>', 'chain_id')
        .groupBy('job_id')
        .select((on) => ['job_id', on.fn.max('decided_at').as('at')]);
      return new Map((await session.rows(started)).map(({ job_id, at }) => [job_id, at]));
    },
    async scheduled(jobIds) {
      if (jobIds.length === 0) return new Set();
      const active = build
        .selectFrom('schedules')
        .select('job_id')
        .distinct()
        .where('job_id', 'in', [...jobIds]);
      return new Set((await session.rows(active.where(sql<boolean>`active`))).map((row) => row.job_id));
    },
    async reach(jobIds) {
      if (jobIds.length === 0) return new Map();
      const unscheduled = sql<boolean>`NOT EXISTS (SELECT 1 FROM schedules s WHERE s.job_id = f.job_id AND s.active)`;
      const query = build
        .withRecursive('down(beginner, id)', (on) =>
          on
            .selectFrom('dependencies as f')
            .select(['f.upstream_id as beginner', 'f.job_id as id'])
            .where('f.upstream_id', 'in', [...jobIds])
            .where(unscheduled)
            .union(
              on
                .selectFrom('dependencies as f')
                .innerJoin('down', 'down.id', 'f.upstream_id')
                .select(['down.beginner as beginner', 'f.job_id as id'])
                .where(unscheduled),
            ),
        )
        .selectFrom('down')
        .select(['down.beginner', 'down.id']);
      const grouped = Map.groupBy(await session.rows(query), ({ beginner }) => beginner);
      return new Map([...grouped].map(([beginner, rows]) => [beginner, new Set(rows.map(({ id }) => id))]));
    },
    async drawIds(count) {
      const [row] = await session.run<{ value: number }>(session.hot.drawIds, { count });
      if (row === undefined) throw new Error('The counter of ids is missing.');
      return Array.from({ length: count }, (_, nth) => row.value - count + 1 + nth);
    },
  };
}

/** What happens when runs become final, inside the transaction. */
export interface Ending {
  /** Carries out `end` with the jobs that follow from these runs locked, and then what hangs on those that are final. */
  around(runIds: readonly Id[], end: () => Promise<readonly Id[]>): Promise<readonly Id[]>;
}

/** A store that nobody gave a {@link Settle}: runs end, and nothing hangs on them. */
const alone: Ending = { around: (_, end) => end() };

export function endingOf<T>(
  session: Session,
  tables: () => T,
  flow: { readonly settle: Settle<T>; readonly started: () => void } | null,
): Ending {
  if (flow === null) return alone;
  return {
    async around(runIds, end) {
      // Sent together: the locks come first all the same, and nothing of the end is kept when they cannot be had.
      const [hasFollowers, ended] = await together([lockFollowers(session, runIds), end()]);
      if (hasFollowers && ended.length > 0 && (await flow.settle(tables(), ended))) session.afterCommit(flow.started);
      return ended;
    },
  };
}

/**
 * Before runs become final: locks the jobs that follow from theirs, in the order of their numbers.
 *
 * @returns whether there are any
 */
async function lockFollowers(session: Session, runIds: readonly Id[]): Promise<boolean> {
  if (runIds.length === 0) return false;
  return (await session.run(session.hot.lockFollowers, { ids: JSON.stringify(runIds) })).length > 0;
}
