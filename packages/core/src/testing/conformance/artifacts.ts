import { describe, expect, test } from 'vitest';
import type { Artifact } from '../../model/artifact.ts';
import type { Claim } from '../../store/dispatch-table.ts';
import * as factories from '../factories.ts';
import { bedOf, claimAll, givenJob, givenRuns, givenWorker, runFor, type MakeBed, type TestBed } from './bed.ts';

export function artifactConformance(make: MakeBed): void {
  describe('artifacts', () => {
    const bed = bedOf(make);

    /** A run that a worker holds. */
    async function claimed({ store }: TestBed): Promise<Claim> {
      const worker = await givenWorker(bed());
      const job = await givenJob(bed());
      await givenRuns(bed(), [runFor(worker, job.id)]);
      const [claim] = await claimAll({ store }, worker);
      if (claim === undefined) throw new Error('nothing was claimed');
      return claim;
    }

    const of = ({ runId, runCreatedAt, jobId, attempt }: Claim, overrides: Partial<Artifact> = {}): Artifact =>
      factories.artifact({ runId, runCreatedAt, jobId, attempt, ...overrides });
    const referenceOf = ({ runId: id, runCreatedAt: createdAt }: Claim) => ({ id, createdAt });

    test('what the holder of a lease keeps reads back as it was written', async () => {
      const { store } = bed();
      const claim = await claimed(bed());
      const written = [
        of(claim, { name: 'b/ü.csv', bytes: 5_000_000_000, crc32: 4_294_967_295, expiresAt: 9_000_000_000_000 }),
        of(claim, { name: 'a.txt', sha256: null, crc32: null, problem: 'It is too large.' }),
      ];
      expect(await store.artifacts.keep(claim, written)).toBe(true);
      const run = referenceOf(claim);
      expect(await store.artifacts.ofRun(run)).toEqual(written.toReversed());
      expect(await store.artifacts.countOfRun(run)).toBe(1);
      const [first] = written;
      expect(await store.artifacts.get(run.id, first?.id ?? 0)).toEqual(first);
      expect(await store.artifacts.get(run.id + 1, first?.id ?? 0)).toBeNull();
      expect(await store.artifacts.known([first?.id ?? 0, 1])).toEqual(new Set([first?.id]));
    });

    test('who has lost the lease keeps nothing (P3)', async () => {
      const { store } = bed();
      const claim = await claimed(bed());
      expect(await store.artifacts.keep({ ...claim, fence: claim.fence + 1 }, [of(claim)])).toBe(false);
      expect(await store.artifacts.ofRun(referenceOf(claim))).toEqual([]);
    });

    test('a name over the runs of a job has versions, of which the oldest go', async () => {
      const { store } = bed();
      const claim = await claimed(bed());
      const versions = [1, 2, 3, 4].map(() => of(claim, { name: 'dump.sql' }));
      const other = of(claim, { name: 'log.txt' });
      const leftOut = of(claim, { name: 'dump.sql', problem: 'It is a link.', sha256: null });
      await store.artifacts.keep(claim, [...versions, other, leftOut]);
      const page = await store.artifacts.versions(claim.jobId, 'dump.sql', { limit: 3 });
      expect(page.items).toEqual(versions.toReversed().slice(0, 3));
      const rest = await store.artifacts.versions(claim.jobId, 'dump.sql', { limit: 3, after: page.next });
      expect(rest).toEqual({ items: versions.slice(0, 1), next: null });
      const [oldest] = versions;
      expect(await store.artifacts.removeSurplus(claim.jobId, ['dump.sql', 'dump.sql', 'absent'], 3)).toEqual([
        { id: oldest?.id, createdAt: oldest?.createdAt },
      ]);
      expect(await store.artifacts.removeSurplus(claim.jobId, ['dump.sql'], 3)).toEqual([]);
      expect(await store.artifacts.countOfRun(referenceOf(claim))).toBe(4);
    });

    test('they go when their days are over, with their run, and with their job', async () => {
      const { store } = bed();
      const [one, two] = [await claimed(bed()), await claimed(bed())];
      const old = of(one, { expiresAt: 100 });
      const young = of(one, { expiresAt: 101 });
      const lasting = of(two);
      await store.artifacts.keep(one, [old, young]);
      await store.artifacts.keep(two, [lasting, of(two)]);
      expect(await store.artifacts.removeExpired(100, 10)).toMatchObject([{ id: old.id }]);
      expect(await store.artifacts.removeOfRuns([referenceOf(one)])).toMatchObject([{ id: young.id }]);
      expect(await store.artifacts.removeOfJob(two.jobId, 1)).toHaveLength(1);
      expect(await store.artifacts.removeOfJob(two.jobId, 5)).toHaveLength(1);
      expect(await store.artifacts.removeOfJob(two.jobId, 5)).toEqual([]);
    });
  });
}
