/** Scripts that jobs would run and nobody has approved, with who is due next. Reads what the keeper wrote. */
import { toUuid, type Id } from '../model/id.ts';
import { standingOf } from '../model/script-approval.ts';
import type { UnapprovedFacts } from '../policy/watch-facts.ts';
import type { ScriptUse } from '../store/script-table.ts';
import type { JobSummary } from '../store/job-tables.ts';
import type { Store } from '../store/store.ts';

/** Scripts told at once. */
const mostTold = 200;

/** @param needed how many people approve what a script holds */
export async function unapprovedScripts(store: Store, needed: number): Promise<readonly UnapprovedFacts[]> {
  const waiting = (await store.scripts.list(needed)).flatMap(({ file, version, wasApproved }) => {
    const standing = standingOf(file, version, { wasApproved, needed });
    if (standing === 'approved' || standing === 'missing') return [];
    const by = version?.state === 'approved' ? version.decidedBy : null;
    return [{ file, standing, begun: by === null ? null : { by, count: version?.approvals ?? 0, needed } }];
  });
  if (waiting.length === 0) return [];
  const uses = Map.groupBy(
    (await store.scripts.uses()).filter(({ job }) => job.active),
    ({ path }) => path,
  );
  const used = waiting.filter(({ file }) => uses.has(file.path)).slice(0, mostTold);
  const next = await summariesOf(
    store,
    used.flatMap(({ file }) => uses.get(file.path) ?? []),
  );
  return used.map(({ file, standing, begun }) => ({
    script: toUuid(file),
    path: file.path,
    standing,
    begun,
    seenAt: file.seenAt,
    jobs: jobsOf(uses.get(file.path) ?? [], next),
  }));
}

async function summariesOf(store: Store, uses: readonly ScriptUse[]): Promise<ReadonlyMap<Id, JobSummary>> {
  const found = await store.jobs.summaries([...new Set(uses.map(({ job }) => job.id))]);
  return new Map(found.map((summary) => [summary.job.id, summary]));
}

function jobsOf(uses: readonly ScriptUse[], next: ReadonlyMap<Id, JobSummary>): UnapprovedFacts['jobs'] {
  const jobs = uses.map(({ job: { id, createdAt, name } }) => {
    const summary = next.get(id);
    const timezone = summary?.schedules[0]?.spec.timezone ?? 'UTC';
    return { id, createdAt, name, nextDueAt: summary?.nextDueAt ?? null, timezone };
  });
  return jobs.toSorted(
    (one, other) => (one.nextDueAt ?? Infinity) - (other.nextDueAt ?? Infinity) || one.id - other.id,
  );
}
