import { join } from 'node:path';
import { openStore, realSystem, type Store } from 'job-trigger-core';

/** An alert about a lost worker with its item of attention. It stands until somebody acknowledges it. @returns the item's id */
export async function raiseAlertIn(store: Store, worker: string): Promise<number> {
  const [id = 0, itemId = 0] = await store.ids(2);
  const [alert] = await store.alerts.raise([
    {
      id,
      kind: 'worker_lost',
      severity: 'error',
      fingerprint: `worker_lost:${worker}`,
      jobId: null,
      jobCreatedAt: null,
      runId: null,
      runCreatedAt: null,
      title: `Worker ${worker} was lost with a run`,
      text: 'It stopped reporting; what became of its run is unknown.',
      count: 1,
      fromAt: null,
      toAt: null,
      seen: 1,
    },
  ]);
  if (alert !== undefined) await store.attention.follow(itemId, alert, true);
  return itemId;
}

/** The same, put into a running installation on SQLite. */
export async function raiseAlert(dataDir: string, worker: string): Promise<void> {
  const store = await openStore({ url: `sqlite:${join(dataDir, 'portal.db')}`, system: realSystem() });
  try {
    await raiseAlertIn(store, worker);
  } finally {
    await store.close();
  }
}
