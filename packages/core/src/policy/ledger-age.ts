/** How long the ledger is kept. */
import type { Instant, Millis } from '../model/instant.ts';

const dayMs: Millis = 86_400_000;
/** A clock that went back must find what it had decided. */
const leastDays = 35;

/** Name of the setting that holds the instant from which on nothing of the ledger was taken away. */
export const ledgerMark = 'ledger_complete_from';

/** What retention may take. Never what is younger than 35 days; the store spares what a job's catch-up may still look at. */
export function ledgerAge(
  now: Instant,
  { ledgerDays }: { readonly ledgerDays: number },
): { readonly before: Instant; readonly now: Instant } {
  return { before: now - Math.max(ledgerDays, leastDays) * dayMs, now };
}
