/** What people ask of rules before and after they are saved. Reads only. */
import { toUuid, type Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Schedule, ScheduleSpec } from '../model/schedule.ts';
import { differenceBetween, differenceWords, type Difference } from '../schedule/difference.ts';
import type { Note } from '../schedule/notes.ts';
import { nextOf, occurrencesOf } from '../schedule/occurrences.ts';
import { previewSchedule, type PreviewSpan, type SchedulePreview } from '../schedule/preview.ts';
import type { Holder } from '../schedule/resolve.ts';
import { checkSchedule, refuseNeverDue } from '../schedule/validate.ts';
import { loadWarning, overlapWarning } from '../schedule/warnings.ts';
import type { Tables } from '../store/store.ts';
import type { OperationContext } from './context.ts';
import { withStart, type ScheduleInput } from './job-input.ts';
import { livingJob } from './jobs.ts';
import { changedSchedule } from './match-schedules.ts';
import { resolveInputs } from './resolve-inputs.ts';

export interface PreviewAsked extends Omit<PreviewSpan, 'from'> {
  readonly schedule: ScheduleInput;
  /** Now when absent. */
  readonly from?: Instant;
  /** Tells the difference to what is in force, and what the job's runs usually take. */
  readonly jobId?: Id;
  /** The stored schedule it stands for; null for none. Absent: by id, else by name, else the only one. */
  readonly replaces?: string | null;
  /** Of a job that is not saved: some blackouts count for tags. The job's own when absent. */
  readonly tags?: readonly string[];
}

export interface PreviewAnswer extends SchedulePreview {
  /** With a job only. */
  readonly difference: (Difference & { readonly sentence: string }) | null;
}

export interface ScheduleOperations {
  /** @throws `schedule_invalid` and its kin, `schedule_never_due`, `not_found` for the job */
  preview(asked: PreviewAsked): Promise<PreviewAnswer>;
}

const dayMs = 86_400_000;
/** The difference to the schedule in force is told for this long, or as far as this many instants reach. */
const comparedDays = 30;
const mostCompared = 5000;
/** Schedules looked at for the load of one minute. */
const mostInForce = 10_000;

function replacedBy(stored: readonly Schedule[], { schedule, replaces }: PreviewAsked): Schedule | null {
  const uuid = replaces === undefined ? schedule.uuid : replaces;
  if (uuid === null) return null;
  if (uuid !== undefined) return stored.find((each) => toUuid(each) === uuid.toLowerCase()) ?? null;
  const named = typeof schedule.name === 'string' ? stored.find(({ name }) => name === schedule.name) : undefined;
  return named ?? (stored.length === 1 ? (stored[0] ?? null) : null);
}

/** The rule of a schedule that is there and not switched off. */
function inForce(schedule: Pick<ScheduleInput, 'spec' | 'active'> | null): ScheduleSpec | null {
  return schedule === null || schedule.active === false ? null : schedule.spec;
}

/** Rows of different density are compared as far as both were looked at. */
function differenceTo(before: ScheduleSpec | null, after: ScheduleSpec | null, zone: string, from: Instant) {
  const until = from + comparedDays * dayMs;
  const row = (spec: ScheduleSpec | null): Instant[] =>
    spec === null ? [] : occurrencesOf(spec, { after: from, until, limit: mostCompared });
  const rows = [row(before), row(after)] as const;
  const reach = Math.min(...rows.map((found) => (found.length < mostCompared ? until : (found.at(-1) ?? until))));
  const [old, fresh] = rows.map((found) => found.filter((at) => at <= reach)) as [Instant[], Instant[]];
  const difference = differenceBetween(old, fresh, zone);
  const days = Math.max(1, Math.round((reach - from) / dayMs));
  return { ...difference, sentence: differenceWords(difference, zone, days) };
}

/** Other schedules with an instant in the minute of `at`. */
async function startsWith(tables: Tables, at: Instant, own: Id | null): Promise<number> {
  const minute = Math.floor(at / 60_000) * 60_000;
  const others = await tables.timeline.inForce({ planUntil: minute + 59_999 }, mostInForce);
  return others.filter(({ schedule: { id, spec } }) => {
    if (id === own) return false;
    const next = nextOf(spec, minute - 1);
    return next !== null && next < minute + 60_000;
  }).length;
}

function medianOf(values: readonly number[]): number | null {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? null;
}

/** Runs that would overlap, and a first minute in which many others start. */
async function warningsOf(
  tables: Tables,
  instants: readonly Instant[],
  { jobId, own, timezone }: { readonly jobId: Id | undefined; readonly own: Id | null; readonly timezone: string },
): Promise<readonly Note[]> {
  const usual = jobId === undefined ? null : medianOf(await tables.runs.durations(jobId, 20));
  const [first] = instants;
  const load = first === undefined ? null : loadWarning(first, await startsWith(tables, first, own), timezone);
  return [overlapWarning(instants, usual), load].filter((note) => note !== null);
}

function holderOf({ tags }: PreviewAsked, job: Job | null): Holder {
  if (job === null) return { jobId: null, tags: tags ?? [] };
  return { jobId: job.id, tags: tags ?? job.definition.tags };
}

/** The rule as it would stand once it is saved: a rhythm without a start begins then. */
function savedSpec(schedule: ScheduleInput, replaced: Schedule | null, now: Instant): ScheduleSpec {
  if (replaced === null) return withStart(schedule.spec, now);
  return changedSchedule(replaced, schedule, { now, jobActive: true }).spec;
}

export function scheduleOperations({ store }: OperationContext): ScheduleOperations {
  return {
    async preview(asked) {
      const { jobId } = asked;
      checkSchedule(asked.schedule.spec);
      const now = await store.now();
      const from = asked.from ?? now;
      const job = jobId === undefined ? null : await livingJob(store, jobId);
      const [schedule = asked.schedule] = await resolveInputs(
        store,
        [asked.schedule],
        holderOf(asked, job),
        () => 'schedule.',
      );
      // A schedule that has ended may be looked at; a rule that names nothing may not.
      refuseNeverDue({ ...schedule.spec, notBefore: null, notAfter: null }, from);
      const replaced = job === null ? null : replacedBy(await store.schedules.ofJob(job.id), asked);
      const spec = savedSpec(schedule, replaced, now);
      const { timezone } = spec;
      const preview = previewSchedule(spec, { ...asked, from });
      const instants = preview.items.map(({ at }) => at);
      const warnings = await warningsOf(store, instants, { jobId, own: replaced?.id ?? null, timezone });
      return {
        ...preview,
        // A rhythm that starts with its saving has no past; what is asked is how often it would have run.
        past: spec === schedule.spec ? preview.past : previewSchedule(schedule.spec, { from, count: 1 }).past,
        warnings: [...preview.warnings, ...warnings],
        difference:
          job === null ? null : differenceTo(inForce(replaced), inForce({ ...schedule, spec }), timezone, from),
      };
    },
  };
}
