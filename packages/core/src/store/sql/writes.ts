/**
 * Which methods change something. Standing free, such a method becomes a transaction of its own, so that several
 * statements are one change and SQLite takes its write lock at once; a read needs neither.
 */
import type { Tables } from '../store.ts';

type Noun = Exclude<keyof Tables, 'now'>;

/** Method names by noun. */
export type MethodNames = { readonly [N in Noun]: readonly (keyof Tables[N] & string)[] };

export const writes: MethodNames = {
  jobs: ['insert', 'update', 'lock', 'countAutomaticRuns', 'purge', 'disown'],
  schedules: ['insert', 'update', 'remove', 'advance', 'replan'],
  calendars: ['insert', 'update', 'remove', 'lock'],
  ledger: ['insert', 'insertGaps', 'withdraw', 'shorten', 'removeOfJob', 'prune'],
  runs: ['insert', 'insertLast', 'endWaiting', 'requestCancel', 'report', 'remove', 'moveToFront'],
  timeline: [],
  feeds: ['insert', 'remove'],
  dispatch: ['claim', 'intend', 'markRunning', 'renew', 'finish', 'release', 'bringForward'],
  workers: ['register', 'declareLost', 'end', 'setDraining', 'setPaused', 'remove', 'prune'],
  schedulers: ['register', 'beat', 'setHold', 'confirmHolds', 'end', 'prune'],
  events: ['append', 'removeOfJob', 'prune'],
  history: ['insert'],
  people: [
    'insert',
    'update',
    'remove',
    'lock',
    'setPassword',
    'addSignIn',
    'touchSignIn',
    'endSignIn',
    'endSignIns',
    'pruneSignIns',
    'proveSignIn',
    'viewAs',
    'invite',
    'removeInvitation',
    'pruneInvitations',
  ],
  settings: ['set', 'setOnce', 'remove'],
  idempotency: ['take', 'answer', 'prune'],
  maintenance: ['insert', 'update', 'lock', 'placeWaiting', 'reopen'],
  alerts: ['raise', 'update', 'resolve', 'acknowledge', 'reopen', 'prune'],
  watch: [],
  webhooks: ['insert', 'update', 'noteOutcome', 'remove', 'enqueue', 'claim', 'settle', 'again', 'prune'],
  monitors: ['insert', 'update', 'remove', 'addPing'],
  upkeep: ['count', 'fold', 'tally', 'pruneTallies'],
  lineage: ['notice', 'settle', 'report'],
  recovery: ['retake'],
  dependencies: ['lockEdits'],
  chains: ['insert', 'replaceRun', 'reopen', 'drawIds'],
  limits: ['set', 'remove'],
  artifacts: ['keep', 'removeSurplus', 'removeExpired', 'removeOfRuns', 'removeOfJob'],
  attention: [
    'hold',
    'addRuns',
    'open',
    'tell',
    'drop',
    'follow',
    'alertOver',
    'acknowledgeAlert',
    'heal',
    'endIfHealed',
    'change',
    'acknowledge',
    'resolve',
    'reopen',
    'noteRetry',
    'prune',
  ],
  hooks: ['insert', 'update', 'touch', 'remove'],
  audit: ['add', 'write'],
  sharing: ['setShares', 'setOwner', 'setTeam', 'removeTeam'],
  secrets: ['insert', 'update', 'remove', 'touch', 'setUses', 'reseal'],
  keys: ['insert', 'renew', 'touch', 'remove', 'prune'],
  signInMethods: [
    'beginOneTime',
    'confirmOneTime',
    'countTry',
    'takeStep',
    'setRecoveryCodes',
    'takeRecoveryCode',
    'removeOneTime',
    'addPasskey',
    'usePasskey',
    'renamePasskey',
    'removePasskey',
    'removePasskeys',
    'addChallenge',
    'takeChallenge',
    'tryChallenge',
    'prune',
  ],
  identities: ['insert', 'touch', 'remove', 'begin', 'take', 'pruneFlows'],
  erasure: ['takeOut', 'lockAudit', 'rewriteAudit'],
  scripts: ['see', 'decide', 'addNote', 'keep', 'forget'],
  pageSettings: ['set', 'remove'],
  tokens: ['addKey', 'pruneKeys', 'addRefresh', 'useRefresh', 'pruneRefresh'],
  devices: ['add', 'decide', 'asked', 'take', 'prune'],
};

type Method = (...args: readonly unknown[]) => Promise<unknown>;

/**
 * `tables` with each named method replaced by what `replace` makes of it.
 *
 * @param replace gets the method's own call on other tables: the free-standing one passes the tables of a transaction
 */
export function withMethods(
  tables: Tables,
  names: Partial<MethodNames>,
  replace: (call: (tables: Tables) => Promise<unknown>) => Promise<unknown>,
): Tables {
  const replaced: Record<string, unknown> = { now: () => tables.now() };
  for (const noun of Object.keys(writes) as Noun[]) {
    const methods: Record<string, unknown> = { ...tables[noun] };
    for (const name of names[noun] ?? []) {
      methods[name] = (...args: readonly unknown[]) =>
        replace((target) => (target[noun] as unknown as Record<string, Method>)[name]?.(...args) ?? Promise.resolve());
    }
    replaced[noun] = methods;
  }
  return replaced as unknown as Tables;
}
