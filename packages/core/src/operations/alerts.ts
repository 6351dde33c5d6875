/** What people do with alerts: read them, and say that they have seen them. */
import { alertEvent, endsWhenSeen, type Alert } from '../model/alert.ts';
import { attentionEvent } from '../model/attention.ts';
import type { Id } from '../model/id.ts';
import type { AlertFilter } from '../store/alert-table.ts';
import type { Page, PageRequest } from '../store/job-tables.ts';
import type { Tables } from '../store/store.ts';
import type { Actor, OperationContext } from './context.ts';
import { audited, note, noteNothing, subjectOf } from './audited.ts';
import { notFound } from './jobs.ts';

export interface AlertOperations {
  /** Newest first. */
  list(filter: AlertFilter, page: PageRequest): Promise<Page<Alert>>;
  /** How many stand, and how many of those nobody has acknowledged. */
  count(): Promise<{ readonly open: number; readonly unread: number }>;
  /**
   * It needs nobody any more. What goes on stands until it is over; what has happened and is over ends with it. Again
   * changes nothing. @throws `not_found`
   */
  acknowledge(id: Id, actor: Actor): Promise<Alert>;
  /** @returns how many were not acknowledged before */
  acknowledgeAll(actor: Actor): Promise<number>;
}

/** Alerts acknowledged in one transaction. */
const batch = 200;

/** Inside a transaction. @returns false when somebody had, or it has ended */
export async function acknowledgeAlert(tables: Tables, alert: Alert, actor: Actor): Promise<boolean> {
  if (alert.resolvedAt !== null || !(await tables.alerts.acknowledge(alert.id, actor.name))) return false;
  await tables.events.append([{ ...alertEvent('alert.acknowledged', alert), actor: actor.name }]);
  const { id, createdAt, title: name } = alert;
  await note(tables, actor, { action: 'alert.acknowledged', subject: subjectOf('alert', { id, createdAt, name }) });
  await tables.attention.acknowledgeAlert(alert.id, actor.name);
  if (!endsWhenSeen(alert)) return true;
  const resolution = `Acknowledged by ${actor.name}.`;
  if (!(await tables.alerts.resolve(alert.id, resolution))) return true;
  await tables.events.append([{ ...alertEvent('alert.resolved', { ...alert, resolution }), actor: actor.name }]);
  const over = await tables.attention.alertOver(alert.id, resolution);
  if (over !== null) await tables.events.append([{ ...attentionEvent('attention.resolved', over), actor: actor.name }]);
  return true;
}

export function alertOperations({ store }: OperationContext): AlertOperations {
  return {
    list: (filter, page) => store.alerts.list(filter, page),

    count: () => store.alerts.count(),

    async acknowledge(id, actor) {
      const changed = await audited(store, async (tables) => {
        const alert = await tables.alerts.get(id);
        if (alert === null) throw notFound('alert');
        if (!(await acknowledgeAlert(tables, alert, actor))) noteNothing(tables);
        return tables.alerts.get(id);
      });
      store.bell.ring('change');
      if (changed === null) throw notFound('alert');
      return changed;
    },

    async acknowledgeAll(actor) {
      let count = 0;
      for (;;) {
        const done = await audited(store, async (tables) => {
          noteNothing(tables);
          const unread = await tables.alerts.unread(batch);
          for (const alert of unread) await acknowledgeAlert(tables, alert, actor);
          return unread.length;
        });
        count += done;
        if (done < batch) break;
      }
      if (count > 0) store.bell.ring('change');
      return count;
    },
  };
}
