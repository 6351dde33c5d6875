import type { QueryClient } from '@tanstack/react-query';
import { ProblemError, type Preview } from 'job-trigger-contract';
import { api } from '../../lib/api.ts';
import { toldByField } from '../../lib/problem.ts';
import { browserZone } from '../../lib/time.ts';
import { inputOf, wordsProblem, type ScheduleDraft } from './schedule-draft.ts';

export const zoneOf = (draft: ScheduleDraft): string =>
  typeof draft['timezone'] === 'string' ? draft['timezone'] : browserZone();

/** What the scheduler would do with one schedule; `jobId` names the job in force, to tell the difference. */
export function previewQuery(draft: ScheduleDraft, jobId: string | undefined, count: number) {
  const id = typeof draft['id'] === 'string' ? draft['id'] : null;
  return {
    queryKey: ['preview', inputOf(draft), jobId, count],
    queryFn: () =>
      api.preview({
        body: {
          schedule: inputOf(draft),
          count,
          // A schedule without an id comes besides those that are there.
          ...(jobId === undefined ? {} : { job_id: jobId, replaces: id }),
        },
      }),
    retry: false,
  } as const;
}

/** One schedule of several, with what would come of it, or why it is refused. */
export interface Previewed {
  readonly place: number;
  readonly zone: string;
  readonly active: boolean;
  readonly preview: Preview | null;
  readonly problem: string | null;
}

/** Why a schedule is refused, each reason with its field in words; other failures are none of the schedule's. */
export function problemOf(error: unknown): string | null {
  if (!(error instanceof ProblemError) || error.status !== 422) return null;
  return toldByField(error.problem) || error.message;
}

/** All schedules of a job at once; those that did not change are not asked for again. */
export async function previewAll(
  client: QueryClient,
  drafts: readonly ScheduleDraft[],
  { jobId, count }: { readonly jobId: string | undefined; readonly count: number },
): Promise<readonly Previewed[]> {
  return Promise.all(
    drafts.map(async (draft, place) => {
      const about = { place, zone: zoneOf(draft), active: draft['active'] !== false };
      // The rule from before is not what was asked for; why, stands at the words.
      if (wordsProblem(draft) !== null) return { ...about, preview: null, problem: null };
      try {
        const preview = await client.query({ ...previewQuery(draft, jobId, count), staleTime: 10_000 });
        return { ...about, preview, problem: null };
      } catch (error) {
        const problem = problemOf(error);
        if (problem === null) throw error;
        return { ...about, preview: null, problem };
      }
    }),
  );
}

export interface Coming {
  readonly at: string;
  readonly zone: string;
  /** Place of the schedule that names it. */
  readonly place: number;
  readonly notes: Preview['items'][number]['notes'];
}

/** The next instants of all schedules that are on, the earliest first. */
export function comingOf(previewed: readonly Previewed[], count: number): readonly Coming[] {
  return previewed
    .filter(({ active }) => active)
    .flatMap(({ place, zone, preview }) => (preview?.items ?? []).map(({ at, notes }) => ({ at, zone, place, notes })))
    .toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || a.place - b.place)
    .slice(0, count);
}
