/** Writes alerts down, each with the event that tells it and the item of attention that stands for it, in one transaction. */
import { alertEvent, type Alert } from '../model/alert.ts';
import { attentionEvent } from '../model/attention.ts';
import type { Instant } from '../model/instant.ts';
import type { Told } from '../policy/alert-facts.ts';
import type { Standing } from '../policy/watch-facts.ts';
import type { AlertChange, NewAlert } from '../store/alert-table.ts';
import type { Store, Tables } from '../store/store.ts';
import type { Logger } from '../system/logger.ts';

/** Alerts raised in one transaction. */
const batch = 100;

function same(alert: Alert, standing: Standing): boolean {
  return (
    alert.severity === standing.severity &&
    alert.title === standing.title &&
    alert.text === standing.text &&
    alert.count === standing.count &&
    alert.runId === standing.runId
  );
}

export class AlertBook {
  readonly #store: Store;
  readonly #log: Logger;

  constructor(store: Store, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  /** Raises the conditions that have no alert yet, and brings the others up to date. */
  async stand(standing: readonly Standing[], open: readonly Alert[], now: Instant): Promise<void> {
    const known = new Map(open.map((alert) => [alert.fingerprint, alert]));
    const fresh = standing.filter(({ fingerprint }) => !known.has(fingerprint));
    for (let at = 0; at < fresh.length; at += batch)
      await this.#raise(
        fresh.slice(at, at + batch).map((each) => ({ ...each, seen: null })),
        now,
      );
    for (const each of standing) {
      const alert = known.get(each.fingerprint);
      // A fact that stands under this name says more than the condition.
      if (alert === undefined || alert.seen !== null || same(alert, each)) continue;
      await this.#update(alert, { ...each, seen: null }, null);
    }
  }

  /** Tells facts, each counted once: those that a standing alert of their cause has not counted are added to it. */
  async tell(told: readonly Told[], now: Instant): Promise<void> {
    for (const each of told) {
      const [before] = await this.#store.alerts.newest([each.fingerprint]);
      if (before === undefined || before.resolvedAt !== null) {
        await this.#raise([each], now);
        continue;
      }
      if (each.seen <= (before.seen ?? -1)) continue;
      await this.#update(before, each, before.seen);
    }
  }

  /** Only a fact is news again: what a condition says anew opens nothing that a person has closed. */
  async #update(alert: Alert, change: AlertChange, ifSeen: number | null): Promise<void> {
    const [id = 0] = await this.#store.ids(1);
    await this.#store.transaction(async (tables) => {
      if (!(await tables.alerts.update(alert.id, change, ifSeen))) return;
      const opened = await tables.attention.follow(id, { ...alert, ...change }, change.seen !== null);
      if (opened !== null) await tables.events.append([attentionEvent('attention.raised', opened)]);
    });
    this.#store.bell.ring('change');
  }

  async #raise(alerts: readonly Omit<NewAlert, 'id'>[], now: Instant): Promise<void> {
    const ids = await this.#store.ids(2 * alerts.length);
    const rows = alerts.map((alert, index): NewAlert => ({ ...alert, id: ids[index] ?? 0 }));
    const raised = await this.#store.transaction(async (tables) => {
      const open = await tables.alerts.raise(await withoutTold(tables, rows, now));
      await tables.events.append(open.map((alert) => alertEvent('alert.raised', alert)));
      for (const [index, alert] of open.entries()) {
        const item = await tables.attention.follow(ids[rows.length + index] ?? 0, alert, true);
        if (item !== null) await tables.events.append([attentionEvent('attention.raised', item)]);
      }
      return open;
    });
    for (const { kind, title, text } of raised) this.#log.warn(`alert: ${title}`, { kind, text });
    if (raised.length > 0) this.#store.bell.ring('change');
  }

  async end(alert: Alert, resolution: string): Promise<void> {
    const ended = await this.#store.transaction(async (tables) => {
      if (!(await tables.alerts.resolve(alert.id, resolution))) return false;
      await tables.events.append([alertEvent('alert.resolved', { ...alert, resolution })]);
      const over = await tables.attention.alertOver(alert.id, resolution);
      if (over !== null) await tables.events.append([attentionEvent('attention.resolved', over)]);
      return true;
    });
    if (!ended) return;
    this.#log.info(`alert over: ${alert.title}`, { kind: alert.kind, resolution });
    this.#store.bell.ring('change');
  }
}

/** Another process may have told them, and seen their end, since these facts were read. */
async function withoutTold(tables: Tables, rows: readonly NewAlert[], now: Instant): Promise<readonly NewAlert[]> {
  const newest = await tables.alerts.newest(rows.map(({ fingerprint }) => fingerprint));
  const before = new Map(newest.map((alert) => [alert.fingerprint, alert]));
  return rows.filter(({ fingerprint, seen }) => {
    const last = before.get(fingerprint);
    if (last === undefined || last.resolvedAt === null) return true;
    return seen === null ? last.resolvedAt <= now : seen > (last.seen ?? -1);
  });
}
