/** What retention no longer keeps, before anything is taken. */
import type { Instant } from '../model/instant.ts';
import type { EngineSettings } from '../model/settings.ts';
import type { Cutoffs, Due } from '../model/upkeep.ts';
import { ledgerAge } from '../policy/ledger-age.ts';
import type { Store } from '../store/store.ts';

const dayMs = 86_400_000;

/** What is older than these is to go. */
export function retentionCutoffs({ retention }: EngineSettings, now: Instant): Cutoffs {
  return {
    runs: now - retention.runDays * dayMs,
    ledger: ledgerAge(now, retention).before,
    events: now - retention.eventDays * dayMs,
    jobs: now - retention.deletedJobDays * dayMs,
  };
}

export interface RetentionPreview extends Due {
  /** Of the ledger, what a catch-up may still look at stays although it is older. */
  readonly before: Cutoffs;
}

/** The ledger is counted as it is pruned: schedule by schedule, occurrences and gaps. @param most where counting of the rest stops */
export async function previewRetention(
  store: Store,
  settings: EngineSettings,
  most: number,
): Promise<RetentionPreview> {
  const now = await store.now();
  const before = retentionCutoffs(settings, now);
  const due = await store.upkeep.due(before, most);
  const { occurrences, gaps } = await store.ledger.prunable(ledgerAge(now, settings.retention));
  return { ...due, ledger: occurrences + gaps, before };
}
