/** Thresholds, limits and retention, changed while everything runs: of the installation, and of the jobs that a person owns. */
import { isDeepStrictEqual } from 'node:util';
import type { ConfigValues, SettingInForce } from '../config/config.ts';
import type { Config } from '../config/load-config.ts';
import { changeableKeys, personKeys, retentionKeys } from '../config/page-owned.ts';
import { convert } from '../config/read-value.ts';
import { settingTable } from '../config/setting-table.ts';
import type { SettingDefinition } from '../config/setting.ts';
import { JobTriggerError } from '../errors.ts';
import type { Id } from '../model/id.ts';
import type { PageSetting } from '../model/page-setting.ts';
import type { Person } from '../model/person.ts';
import type { Store, Tables } from '../store/store.ts';
import { audited, namedSubject, note, noteNothing, subjectOf } from './audited.ts';
import type { Actor } from './context.ts';
import { notFound } from './jobs.ts';

interface Place {
  readonly store: Store;
  readonly config: Config;
}

/** By key; null has it come from where it is written, or from its default, again. */
export type SettingChanges = Readonly<Record<string, unknown>>;

/** A threshold as it holds for the jobs of one person. */
export interface PersonSetting extends Pick<
  SettingInForce,
  'key' | 'kind' | 'least' | 'most' | 'description' | 'value'
> {
  readonly source: 'person' | 'installation';
  /** Of whoever has none of their own. */
  readonly common: unknown;
}

/** Every setting as it is in force in this process. */
export async function settingsInForce({ store, config }: Place): Promise<readonly SettingInForce[]> {
  config.heed(await store.pageSettings.all());
  return config.list;
}

/** What would be in force after a change. @throws `invalid` for what cannot be changed so */
export async function imagineSettings(
  { store, config }: Place,
  changes: SettingChanges,
): Promise<{ readonly values: ConfigValues; readonly lowersRetention: boolean }> {
  const changed = changeable(config, changes);
  const before = await store.pageSettings.all();
  const { values, list } = together(config, merged(before, null, changed));
  const was = config.imagine(before).list;
  const numberIn = (of: readonly SettingInForce[], key: string): number =>
    Number(of.find((setting) => setting.key === key)?.value);
  return { values, lowersRetention: retentionKeys.some((key) => numberIn(list, key) < numberIn(was, key)) };
}

/** In force in this process at once, in all others within five seconds. @throws `invalid` and then nothing is changed */
export async function changeSettings(
  place: Place,
  changes: SettingChanges,
  actor: Actor,
): Promise<readonly SettingInForce[]> {
  const changed = changeable(place.config, changes);
  await write(place, { owner: null, changed, actor });
  const list = await settingsInForce(place);
  return list.filter(({ key }) => changed.has(key));
}

/** @throws `not_found` */
export async function personSettings(place: Place, personId: Id): Promise<readonly PersonSetting[]> {
  await personIn(place.store, personId);
  const list = await settingsInForce(place);
  const own = new Map(place.config.changed.flatMap((row) => (row.ownerId === personId ? [[row.key, row.value]] : [])));
  return personKeys.flatMap((wanted) => {
    const setting = list.find(({ key }) => key === wanted);
    if (setting === undefined) return [];
    const { key, kind, least, most, description, value: common } = setting;
    const source = own.has(key) ? ('person' as const) : ('installation' as const);
    return [{ key, kind, least, most, description, value: own.get(key) ?? common, source, common }];
  });
}

/** As {@link changeSettings}, for the jobs that a person owns and that say nothing of their own. @throws `not_found`, `invalid` */
export async function changePersonSettings(
  place: Place,
  personId: Id,
  changes: SettingChanges,
  actor: Actor,
): Promise<readonly PersonSetting[]> {
  const owner = await personIn(place.store, personId);
  await write(place, { owner, changed: checked(changes, personKeys), actor });
  return personSettings(place, personId);
}

async function personIn({ people }: Pick<Tables, 'people'>, id: Id): Promise<Person> {
  const person = await people.get(id);
  if (person === null) throw notFound('person');
  return person;
}

interface Change {
  readonly owner: Person | null;
  readonly changed: ReadonlyMap<string, unknown>;
  readonly actor: Actor;
}

async function write({ store, config }: Place, { owner, changed, actor }: Change): Promise<void> {
  const ownerId = owner?.id ?? null;
  await audited(store, async (tables) => {
    // One change at a time: two that go together with what was there might not with one another.
    await tables.people.lock();
    const all = await tables.pageSettings.all();
    together(config, merged(all, ownerId, changed));
    const was = new Map(all.flatMap((row) => (row.ownerId === ownerId ? [[row.key, row.value]] : [])));
    const news = [...changed].filter(([key, value]) => !isDeepStrictEqual(was.get(key) ?? null, value));
    for (const [key, value] of news) {
      if (value === null) await tables.pageSettings.remove(ownerId, key);
      else await tables.pageSettings.set({ ownerId, key, value });
    }
    if (news.length === 0) return noteNothing(tables);
    const subject = owner === null ? namedSubject('installation', null) : subjectOf('person', owner);
    const before = Object.fromEntries(news.map(([key]) => [key, was.get(key) ?? null]));
    await note(tables, actor, { action: 'settings.changed', subject, before, after: Object.fromEntries(news) });
  });
  config.heed(await store.pageSettings.all());
  store.bell.ring('change');
}

function merged(
  all: readonly PageSetting[],
  ownerId: Id | null,
  changed: ReadonlyMap<string, unknown>,
): readonly PageSetting[] {
  const others = all.filter((row) => row.ownerId !== ownerId || !changed.has(row.key));
  const mine = [...changed].flatMap(([key, value]) => (value === null ? [] : [{ ownerId, key, value }]));
  return [...others, ...mine];
}

/** @throws `invalid` naming each key that is wrong */
function checked(changes: SettingChanges, allowed: readonly string[]): ReadonlyMap<string, unknown> {
  const fields: { path: string; message: string }[] = [];
  const values = Object.entries(changes).map(([key, value]): [string, unknown] => {
    const definition = settingTable.find((setting) => setting.key === key);
    try {
      if (definition === undefined) throw wrong(key, 'is no setting');
      if (!allowed.includes(key)) throw wrong(key, notChangeable(definition, allowed));
      return [key, value === null ? null : convert(definition, value, 'page')];
    } catch (error) {
      fields.push(...messagesOf(error, key));
      return [key, null];
    }
  });
  if (fields.length > 0) throw refused(fields);
  return new Map(values);
}

/** @throws `invalid` also for what is written elsewhere: there it is to be changed */
function changeable(config: Config, changes: SettingChanges): ReadonlyMap<string, unknown> {
  const changed = checked(changes, changeableKeys);
  const fields = config.list.flatMap(({ key, source }) => {
    const isElsewhere = (changed.get(key) ?? null) !== null && source !== 'page' && source !== 'default';
    return isElsewhere
      ? [{ path: key, message: `comes from ${source}, which goes before the page: change it there` }]
      : [];
  });
  if (fields.length > 0) throw refused(fields);
  return changed;
}

function notChangeable({ key, variable }: SettingDefinition, allowed: readonly string[]): string {
  if (allowed === personKeys && changeableKeys.includes(key)) return 'cannot be told for one person';
  return `is read at start: change it in config.yaml or by JOB_PORTAL_${variable}, and start again`;
}

/** What an outside request is told of a refusal that the configuration would end a start with. */
function messagesOf(error: unknown, key: string): readonly { readonly path: string; readonly message: string }[] {
  if (!(error instanceof JobTriggerError)) throw error;
  return error.fields.length > 0 ? error.fields : [{ path: key, message: error.message }];
}

/** @throws `invalid` where they do not go together */
function together(config: Config, changed: readonly PageSetting[]): ReturnType<Config['imagine']> {
  try {
    return config.imagine(changed);
  } catch (error) {
    throw refused(messagesOf(error, ''));
  }
}

const wrong = (path: string, message: string): JobTriggerError => refused([{ path, message }]);

function refused(fields: readonly { readonly path: string; readonly message: string }[]): JobTriggerError {
  const words = fields.map(({ path, message }) => `${path} ${message}`).join('; ');
  return new JobTriggerError('invalid', `${words}. Nothing was changed.`, { fields });
}
