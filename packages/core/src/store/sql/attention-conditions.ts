/** What is asked of items of attention, named `i`. */
import { sql } from 'kysely';
import type { AttentionState } from '../../model/attention.ts';
import type { Session } from './session.ts';

export const isOpen = sql<boolean>`i.resolved_at IS NULL`;
export const isAwake = sql<boolean>`(i.snoozed_until IS NULL OR i.snoozed_until <= now_ms())`;
export const isUnhealed = sql<boolean>`EXISTS (SELECT 1 FROM attention_jobs j WHERE j.item_id = i.id AND j.healed_at IS NULL)`;
export const alertStands = sql<boolean>`EXISTS (SELECT 1 FROM alerts a WHERE a.id = i.alert_id AND a.resolved_at IS NULL)`;
/** Of the jobs that have not healed, one is still there. */
export const jobLives = sql<boolean>`EXISTS (SELECT 1 FROM attention_jobs j JOIN jobs b ON b.id = j.job_id
  WHERE j.item_id = i.id AND j.healed_at IS NULL AND b.deleted_at IS NULL)`;

export const stateIs: Readonly<Record<AttentionState, typeof isOpen>> = {
  open: sql<boolean>`i.resolved_at IS NULL AND ${isAwake}`,
  snoozed: sql<boolean>`i.resolved_at IS NULL AND NOT ${isAwake}`,
  resolved: sql<boolean>`i.resolved_at IS NOT NULL`,
};

/** All items with the names of their owners. */
export function allItems({ build }: Session) {
  return build
    .selectFrom('attention_items as i')
    .leftJoin('people as p', 'p.id', 'i.owner_id')
    .selectAll('i')
    .select('p.name as owner_name');
}
