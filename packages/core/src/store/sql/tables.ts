import type { Instant } from '../../model/instant.ts';
import type { Settle } from '../chain-table.ts';
import type { Tables } from '../store.ts';
import { alertTable } from './alerts.ts';
import { calendarTable } from './calendars.ts';
import { dispatchTable, type HotDispatch } from './dispatch.ts';
import { eventTable } from './events.ts';
import { historyTable } from './history.ts';
import { feedTable } from './feeds.ts';
import { idempotencyTable, settingTable } from './installation.ts';
import { jobTable } from './jobs.ts';
import { ledgerTable } from './ledger.ts';
import { maintenanceTable } from './maintenance.ts';
import { erasureTable } from './erasure.ts';
import { identityTable } from './identities.ts';
import { keyTable } from './keys.ts';
import { peopleTable } from './people.ts';
import type { QueueNumbers } from './queues.ts';
import { runTable } from './runs.ts';
import { schedulerTable } from './schedulers.ts';
import { scheduleTable } from './schedules.ts';
import type { Session } from './session.ts';
import { upkeepTable } from './upkeep.ts';
import { timelineTable } from './timeline.ts';
import { watchTable } from './watch.ts';
import { workerTable } from './workers.ts';
import type { Definitions } from './work.ts';
import { monitorTable } from './monitors.ts';
import { hookTable } from './hooks.ts';
import { auditTable } from './audit.ts';
import { secretTable } from './secrets.ts';
import { webhookTable } from './webhooks.ts';
import { lineageTable } from './lineage.ts';
import { chainTable, endingOf, type Ending } from './chains.ts';
import { dependencyTable } from './dependencies.ts';
import { recoveryTable } from './recovery.ts';
import { attentionTable } from './attention.ts';
import { artifactTable } from './artifacts.ts';
import { sharingTable } from './sharing.ts';
import { limitTable } from './limits.ts';
import { signInMethodTable } from './sign-in-methods.ts';
import { scriptTable } from './scripts.ts';
import { pageSettingTable } from './page-settings.ts';
import { tokenTable } from './tokens.ts';
import { deviceTable } from './devices.ts';

/** What hangs on runs that end, and who is told that runs were made for it. */
export interface Flow {
  readonly settle: Settle<Tables>;
  readonly started: () => void;
}

type Noun = Exclude<keyof Tables, 'now'>;

/** What tables are made of. */
interface Ground {
  readonly session: Session;
  readonly numbers: QueueNumbers;
  readonly definitions: Definitions;
  readonly dispatch: HotDispatch;
  readonly ending: Ending;
  /** Those that somebody has asked for: one each, whatever is derived from these tables, as some remember what they are to write. */
  readonly made: { -readonly [Name in Noun]?: Tables[Name] };
}

const makers: { readonly [Name in Noun]: (ground: Ground) => Tables[Name] } = {
  jobs: ({ session }) => jobTable(session),
  schedules: ({ session }) => scheduleTable(session),
  calendars: ({ session }) => calendarTable(session),
  ledger: ({ session }) => ledgerTable(session),
  runs: ({ session, numbers, ending }) => runTable(session, numbers, ending),
  timeline: ({ session }) => timelineTable(session),
  feeds: ({ session }) => feedTable(session),
  dispatch: ({ session, definitions, dispatch, ending }) => dispatchTable(session, dispatch, { definitions, ending }),
  workers: ({ session }) => workerTable(session),
  schedulers: ({ session }) => schedulerTable(session),
  events: ({ session }) => eventTable(session),
  history: ({ session, numbers }) => historyTable(session, numbers),
  people: ({ session }) => peopleTable(session),
  settings: ({ session }) => settingTable(session),
  idempotency: ({ session }) => idempotencyTable(session),
  maintenance: ({ session }) => maintenanceTable(session),
  alerts: ({ session }) => alertTable(session),
  watch: ({ session }) => watchTable(session),
  webhooks: ({ session }) => webhookTable(session),
  monitors: ({ session }) => monitorTable(session),
  upkeep: ({ session }) => upkeepTable(session),
  lineage: ({ session }) => lineageTable(session),
  recovery: ({ session }) => recoveryTable(session),
  dependencies: ({ session }) => dependencyTable(session),
  chains: ({ session }) => chainTable(session),
  hooks: ({ session }) => hookTable(session),
  limits: ({ session }) => limitTable(session),
  artifacts: ({ session }) => artifactTable(session),
  attention: ({ session }) => attentionTable(session),
  audit: ({ session }) => auditTable(session),
  keys: ({ session }) => keyTable(session),
  sharing: ({ session }) => sharingTable(session),
  secrets: ({ session }) => secretTable(session),
  signInMethods: ({ session }) => signInMethodTable(session),
  identities: ({ session }) => identityTable(session),
  erasure: ({ session }) => erasureTable(session),
  scripts: ({ session }) => scriptTable(session),
  tokens: ({ session }) => tokenTable(session),
  devices: ({ session }) => deviceTable(session),
  pageSettings: ({ session }) => pageSettingTable(session),
};

/** Each table is made when it is asked for: a transaction touches few of them. */
class LazyTables {
  readonly ground: Ground;
  readonly now: () => Promise<Instant>;

  constructor(ground: Ground) {
    this.ground = ground;
    const { session } = ground;
    this.now = async () => {
      const [row] = await session.run<{ now: number }>(session.hot.now);
      if (row === undefined) throw new Error('The database told no time.');
      return row.now;
    };
  }
}

export const tableNouns = Object.keys(makers) as readonly Noun[];
for (const noun of tableNouns)
  Object.defineProperty(LazyTables.prototype, noun, {
    enumerable: true,
    get(this: LazyTables) {
      const { made } = this.ground as { readonly made: Partial<Record<Noun, unknown>> };
      return (made[noun] ??= makers[noun](this.ground));
    },
  });

/** Everything that can be read and changed, bound to one session. */
export function tablesOf(
  session: Session,
  dispatch: HotDispatch,
  numbers: QueueNumbers,
  definitions: Definitions,
  flow: Flow | null,
): Tables {
  const ending = endingOf(session, () => tables, flow);
  const tables = new LazyTables({ session, dispatch, numbers, definitions, ending, made: {} }) as unknown as Tables;
  return tables;
}
