import type { Retention } from 'job-trigger-contract';
import { formatInstant, previewRetention, type EngineSettings, type Store } from 'job-trigger-core';

/** Rows counted at most. */
const most = 10_000;

/** What retention no longer keeps, counted; nothing is taken. */
export async function retentionDue(store: Store, settings: EngineSettings): Promise<Omit<Retention, 'dry_run'>> {
  const { runs, ledger, events, jobs, oldestRunAt, before } = await previewRetention(store, settings, most);
  return {
    runs,
    ledger,
    events,
    jobs,
    oldest_run_at: oldestRunAt === null ? null : formatInstant(oldestRunAt),
    before: {
      runs: formatInstant(before.runs),
      ledger: formatInstant(before.ledger),
      events: formatInstant(before.events),
      jobs: formatInstant(before.jobs),
    },
  };
}
