import type { FastifyInstance } from 'fastify';
import { endpoints, type Retention } from 'job-trigger-contract';
import { personSettingToWire, settingToWire } from 'job-trigger-contract/mapping';
import {
  changePersonSettings,
  changeSettings,
  imagineSettings,
  personSettings,
  settingsInForce,
  type SettingChanges,
} from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { retentionDue } from '../retention-due.ts';
import { serve } from '../route.ts';

/** Settings as they are in force, and those that may be changed while everything runs. */
export function settingRoutes(app: FastifyInstance, options: PortalOptions): void {
  const { store, config } = options;
  const personOf = ({ id }: { readonly id: string }): number => referenceOf(id, 'person').id;

  /** What shorter retention would delete; null where it gets no shorter. */
  async function deletedBy(changes: SettingChanges): Promise<Retention | null> {
    const { values, lowersRetention } = await imagineSettings(options, changes);
    return lowersRetention ? { dry_run: true, ...(await retentionDue(store, values.engine)) } : null;
  }

  serve(app, endpoints.settings, async () => ({ items: (await settingsInForce(options)).map(settingToWire) }));
  serve(app, endpoints.changeSettings, async ({ body: { values, dry_run: dryRun = false }, actor }) => {
    const deletes = dryRun ? await deletedBy(values) : null;
    const changed = dryRun
      ? config.list.filter(({ key }) => key in values)
      : await changeSettings(options, values, actor);
    return { dry_run: dryRun, items: changed.map(settingToWire), deletes };
  });
  serve(app, endpoints.personSettings, async ({ params }) => ({
    items: (await personSettings(options, personOf(params))).map(personSettingToWire),
  }));
  serve(app, endpoints.changePersonSettings, async ({ params, body, actor }) => ({
    items: (await changePersonSettings(options, personOf(params), body.values, actor)).map(personSettingToWire),
  }));
}
