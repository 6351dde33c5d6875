/**
 * What one person may hold. It is asked where something is added on somebody's wish, and nowhere else: what schedules,
 * retries and chains make is bounded by overlap, and never refused for a quota.
 */
import { JobTriggerError } from '../errors.ts';
import type { Job } from '../model/job.ts';
import { defaultQuotas, quotaKinds, type Holder, type QuotaKind, type Quotas, type QuotaUse } from '../model/quota.ts';
import type { Store, Tables } from '../store/store.ts';
import type { Actor, OperationContext } from './context.ts';

export interface QuotaOperations {
  /** How much a person holds of what they may; null for what nobody owns. @throws `not_found` */
  useOf(holder: Holder): Promise<readonly QuotaUse[]>;
}

/** Something that would be added. */
interface Addition {
  readonly kind: QuotaKind;
  /** Who would hold it: the owner of the job, whoever asks. */
  readonly holder: Holder;
  readonly count: number;
}

/** What is added for one job, under its owner. */
export function additionsOf({ ownerId: holder }: Pick<Job, 'ownerId'>, counts: Partial<Quotas>): readonly Addition[] {
  return quotaKinds.map((kind) => ({ kind, holder, count: counts[kind] ?? 0 }));
}

const shown = (count: number): string => new Intl.NumberFormat('en').format(count);

const advice: Readonly<Record<QuotaKind, { readonly held: string; readonly help: string }>> = {
  jobs: { held: 'jobs of one owner', help: 'Delete some' },
  schedules: { held: 'schedules in the jobs of one owner', help: 'Remove some' },
  waiting_runs: { held: 'waiting runs in the jobs of one owner', help: 'Let some start or cancel them' },
};

function reached({ kind, count }: Addition, held: number, most: number): JobTriggerError {
  const { held: what, help } = advice[kind];
  const wanted = count === 1 ? 'one more' : `${shown(count)} more`;
  return new JobTriggerError(
    'quota_reached',
    `Nothing was made: at most ${shown(most)} ${what}, there are ${shown(held)}, and this would be ${wanted}. ` +
      `${help}, or ask an administrator to raise quota.${kind}.`,
    { quota: `quota.${kind}`, most, held, wanted: count },
  );
}

/**
 * Administrators are asked as everybody is: a program of theirs that runs wild is the same flood, and they may raise the
 * limit. Whoever asks without a person is not, save a hook: it is a program that this is built into, or a plugin.
 */
const isAsked = ({ personId, via }: Actor): boolean => personId !== null || via === 'hook';

/**
 * Call it inside the transaction that adds. On PostgreSQL those who add in the same instant do not see each other, so that
 * a quota may be passed by as many as there are connections.
 *
 * @throws `quota_reached`
 */
export async function checkQuota(
  { limits }: Pick<Tables, 'limits'>,
  additions: readonly Addition[],
  { actor, quotas = defaultQuotas }: Pick<OperationContext, 'quotas'> & { readonly actor: Actor },
): Promise<void> {
  if (!isAsked(actor)) return;
  for (const addition of additions) {
    const { kind, holder, count } = addition;
    const most = quotas[kind];
    if (most === 0 || count <= 0) continue;
    // While few runs wait in all it matters to nobody whose they are: that is as good as always so, and costs the least.
    if (kind === 'waiting_runs' && (await limits.waiting(most)) + count <= most) continue;
    const held = await limits.held(kind, holder, most);
    if (held + count > most) throw reached(addition, held, most);
  }
}

export function quotaOperations({
  store,
  quotas = defaultQuotas,
}: Pick<OperationContext, 'quotas'> & { readonly store: Pick<Store, 'people' | 'limits'> }): QuotaOperations {
  return {
    async useOf(holder) {
      if (holder !== null && (await store.people.get(holder)) === null)
        throw new JobTriggerError('not_found', 'There is no such person.');
      const uses: QuotaUse[] = [];
      for (const kind of quotaKinds) {
        const most = quotas[kind];
        // Without a limit it is counted as far as the greatest that may be set by default.
        const held = await store.limits.held(kind, holder, most === 0 ? defaultQuotas[kind] : most);
        uses.push({ kind, held, most: most === 0 ? null : most });
      }
      return uses;
    },
  };
}
