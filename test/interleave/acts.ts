/** The transactions of the contract as actors: the product's own code, each on a connection of its own. */
import { planDue } from '../../packages/core/src/engine/plan-due.ts';
import { settleHolder } from '../../packages/core/src/engine/settle.ts';
import { takeOver } from '../../packages/core/src/engine/takeover.ts';
import { defaultSettings } from '../../packages/core/src/model/settings.ts';
import type { Actor, OperationContext } from '../../packages/core/src/operations/context.ts';
import { jobOperations } from '../../packages/core/src/operations/jobs.ts';
import { pauseOperations } from '../../packages/core/src/operations/pauses.ts';
import { runOperations } from '../../packages/core/src/operations/runs.ts';
import type { Claim, Finished, Holder } from '../../packages/core/src/store/dispatch-table.ts';
import type { Store } from '../../packages/core/src/store/store.ts';
import type { System } from '../../packages/core/src/system/system.ts';
import { defaultScriptRules } from '../../packages/core/src/handlers/script-file.ts';
import type { Scene } from './scene.ts';

const somebody: Actor = { personId: null, name: 'mei', via: 'library' };
const nothing = { exitCode: 0, signal: null, failure: null, result: null, reason: null } as const;

/** What an actor heard, for the invariants. */
export interface Heard {
  readonly claims?: readonly Claim[];
  /** Fences that T3 allowed to start. */
  readonly intended?: readonly { readonly runId: number; readonly fence: number }[];
  readonly finished?: readonly number[];
  readonly refused?: string;
  readonly cancelled?: true;
  readonly rescued?: boolean;
}

export interface Act {
  readonly name: string;
  readonly work: (store: Store, scene: Scene, system: System) => Promise<Heard>;
}

function contextOf(store: Store, system: System): OperationContext {
  return {
    store,
    system,
    dataDir: '/nonexistent',
    scriptsDir: '/nonexistent',
    defaultTimezone: 'UTC',
    allowCommand: true,
    outgoingAllow: [],
    scriptRules: defaultScriptRules,
    retryDefaults: { maxAttempts: 1, delaySeconds: 1 },
    planDue: (jobId) => planDue({ store, settings: defaultSettings }, jobId),
  };
}

const claimOf = (holder: Holder) => ({ ...holder, free: 2, queues: ['default'], labels: [] });

/** T2 by the first worker, or by the second. */
export const claim = (which: 'first' | 'second'): Act => ({
  name: `claim by the ${which}`,
  work: async (store, scene) => ({ claims: await store.dispatch.claim(claimOf(scene[which])) }),
});

/** T3 for what the first worker had claimed. */
export const intend: Act = {
  name: 'intend',
  work: async (store, { first, held }) => ({ intended: await store.dispatch.intend(first.incarnation, held) }),
};

const succeeded = ({ runId, fence }: { runId: number; fence: number }): Finished => ({
  runId,
  fence,
  outcome: 'succeeded',
  state: 'succeeded',
  retryAt: null,
  ...nothing,
});

/** T5 for what the first worker holds, fused with its next T2, as the finisher does. */
export const finish: Act = {
  name: 'finish',
  work: (store, { first, held }) =>
    store.transaction(async (tables) => ({
      finished: await tables.dispatch.finish(held.map(succeeded)),
      claims: await tables.dispatch.claim(claimOf(first)),
    })),
};

/** The change of phase to `running`, held open as long as anybody looks. */
export const show: Act = {
  name: 'show as running',
  work: (store, { first, held }) =>
    store.transaction(async (tables) => {
      await tables.dispatch.markRunning(first.incarnation, held);
      return {};
    }),
};

/** T5 that has another attempt follow. */
export const retry: Act = {
  name: 'finish with a retry',
  work: async (store, { held, now }) => ({
    finished: await store.dispatch.finish(
      held.map((one) => ({ ...succeeded(one), outcome: 'failed', state: null, retryAt: now, reason: 'retry_delay' })),
    ),
  }),
};

/** T4. */
export const renew: Act = {
  name: 'renew',
  work: async (store, { first }) => ({ rescued: (await store.dispatch.renew(first)) === null }),
};

/** What the rescuer does with one worker that has fallen silent. */
export const rescue: Act = {
  name: 'rescue',
  work: (store, { first, lostAfterMs }) =>
    store.transaction(async (tables) => {
      const now = await tables.now();
      if (!(await tables.workers.declareLost(first, lostAfterMs))) return { rescued: false };
      await settleHolder(tables, first, { cause: 'host_gone', maxLost: 3, now, journal: [] });
      return { rescued: true };
    }),
};

/** A successor of the first worker takes over. */
export const takeover: Act = {
  name: 'takeover',
  work: async (store, { first }, system) => {
    const former = await store.workers.get(first.workerId);
    if (former !== null) await takeOver({ store, system, settings: defaultSettings, remains: null }, former);
    return { rescued: true };
  },
};

export const release: Act = {
  name: 'give back',
  work: async (store, { first }) => {
    await store.dispatch.release(first);
    return {};
  },
};

/** T1 for the scene's job. */
export const plan: Act = {
  name: 'plan',
  work: async (store, { jobId }) => {
    await planDue({ store, settings: defaultSettings }, jobId);
    return {};
  },
};

const asked = async (work: () => Promise<unknown>): Promise<Heard> => {
  try {
    await work();
    return {};
  } catch (error) {
    const { code = String(error) } = error as { code?: string };
    return { refused: code };
  }
};

export const edit: Act = {
  name: 'edit',
  work: (store, { jobId }, system) =>
    asked(() => jobOperations(contextOf(store, system)).change(jobId, { timeoutSeconds: 7 }, somebody, null)),
};

export const pause: Act = {
  name: 'pause',
  work: (store, { jobId }, system) => asked(() => pauseOperations(contextOf(store, system)).pause(jobId, somebody)),
};

export const runNow: Act = {
  name: 'run now',
  work: (store, { jobId }, system) => asked(() => runOperations(contextOf(store, system)).start(jobId, {}, somebody)),
};

export const cancel: Act = {
  name: 'cancel',
  work: async (store, { run }, system) => {
    const heard = await asked(() => runOperations(contextOf(store, system)).cancel(run, somebody));
    return heard.refused === undefined ? { cancelled: true } : heard;
  },
};
