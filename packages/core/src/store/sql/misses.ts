/** Which entries of the ledger tell of missed instants: one condition for the alert and for the count. */
import { sql, type RawBuilder } from 'kysely';
import type { Millis } from '../../model/instant.ts';
import { missedReasons } from '../../model/occurrence.ts';

const reasons = sql.join(missedReasons.map((reason) => sql.lit(reason)));

/** Whether the reason of a row, or of a gap, may be that of a miss. */
export const mayBeMissed: RawBuilder<boolean> = sql<boolean>`reason IN (${reasons})`;

/** Of a row. Schedules of the same instant fold into one another on time, and that is no miss. */
export const isMissedRow = (toleranceMs: Millis): RawBuilder<boolean> =>
  sql<boolean>`(${mayBeMissed} AND (reason <> 'coalesced' OR decided_at - due_at > ${sql.lit(toleranceMs)}))`;
