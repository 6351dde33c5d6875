import type { Command } from 'commander';
import { filledPage, type Client, type Job, type JobQuery } from 'job-trigger-contract';
import { emit, withConnection, type Context } from '../context.ts';
import { parseDuration } from '../duration-flag.ts';
import { writePage, type Column } from '../output/table.ts';
import { timesOf } from '../output/when.ts';

/** The zone of the schedule that is due next: what `--tz job` shows it in. */
export function zoneOfNext(job: Job): string | undefined {
  return job.schedules.find(({ next_due_at }) => next_due_at === job.next_due_at)?.timezone;
}

function columns(context: Context): readonly Column<Job>[] {
  const times = timesOf(context);
  return [
    { title: 'NAME', text: (job) => job.name },
    { title: 'STATUS', isState: true, text: (job) => job.status },
    {
      title: 'SCHEDULE',
      cut: 'first',
      text: (job) => job.schedules.map((schedule) => schedule.description).join('; ') || 'Manual',
    },
    { title: times.title('NEXT'), text: (job) => times.next(job.next_due_at, zoneOfNext(job)) },
    { title: 'LAST', text: (job) => job.last_run?.state ?? '' },
    { title: 'ID', wide: true, cut: 'never', text: (job) => job.id },
  ];
}

interface ListFlags {
  readonly search?: string;
  readonly status?: string;
  readonly type?: string;
  readonly tag?: string;
  readonly sort?: string;
  readonly limit?: string;
  readonly cursor?: string;
  readonly deleted?: boolean;
  readonly next?: string;
}

function listQuery(flags: ListFlags): Partial<JobQuery> {
  const { deleted, next, sort = next === undefined ? undefined : 'next', ...rest } = flags;
  const sorts: Readonly<Record<string, string>> = {
    next: 'next_due_at',
    created: '-created_at',
    updated: '-updated_at',
  };
  return {
    ...rest,
    ...(sort === undefined ? {} : { sort: sorts[sort] ?? sort }),
    ...(deleted === true ? { deleted: 'true' } : {}),
  } as Partial<JobQuery>;
}

/** What an empty list says: a filter may hide jobs, or there are none. */
function whyNone({ deleted, sort: _sort, limit: _limit, ...filters }: ListFlags): string {
  if (Object.keys(filters).length > 0) return 'No jobs match. Clear a filter or run: jtp jobs create';
  return deleted === true ? 'No job is deleted.' : 'No jobs yet. Create one with: jtp jobs create -f job.yaml';
}

type JobPage = Awaited<ReturnType<Client['listJobs']>>;

/** Sorted by next due, a page ends where the span does. */
function dueWithin(page: JobPage, until: number): JobPage {
  const items = page.items.filter(({ next_due_at: next }) => next !== null && Date.parse(next) <= until);
  return { ...page, items, next_cursor: items.length < page.items.length ? null : page.next_cursor };
}

export function addJobList(jobs: Command, context: () => Context): void {
  jobs
    .command('ls')
    .description('List jobs.')
    .option('--search <text>', 'part of the name')
    .option('--status <status>', 'for example failed, paused, active')
    .option('--type <type>', 'script, command, http, function, or that of a plugin')
    .option('--tag <tag>', 'jobs that carry this tag')
    .option('--sort <field>', 'name, next, created, updated')
    .option('--next <time>', 'only jobs due within this time, for example 1h; soonest first')
    .option('--limit <n>', 'at most 500')
    .option('--cursor <cursor>', 'next_cursor of the page before')
    .option('--deleted', 'deleted jobs instead')
    .action(async (flags: ListFlags) => {
      const until = flags.next === undefined ? null : Date.now() + parseDuration(flags.next, '--next');
      const page = await withConnection(context(), ({ client }) =>
        // Cut page by page: once one job is due too late, none behind it is asked for.
        filledPage(async (query) => {
          const listed = await client.listJobs({ query });
          return until === null ? listed : dueWithin(listed, until);
        }, listQuery(flags)),
      );
      await emit(context(), page, () => writePage(context(), page, columns(context()), whyNone(flags)));
    });
}
