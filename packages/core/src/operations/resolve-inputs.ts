/** Schedules as they come in, with the calendars and the maintenance that count for them. */
import { JobTriggerError } from '../errors.ts';
import { fromUuid, type Id } from '../model/id.ts';
import { calendarIds, resolveSpec, type Holder } from '../schedule/resolve.ts';
import type { Tables } from '../store/store.ts';
import type { ScheduleInput } from './job-input.ts';

/** Numbers of all calendars that the schedules attach. */
export function attachedIds(inputs: readonly Pick<ScheduleInput, 'spec'>[]): readonly Id[] {
  return [...new Set(inputs.flatMap(({ spec }) => calendarIds(spec)))];
}

/** @throws `schedule_invalid` with paths `schedules.N.calendars.M` for a calendar that is not there */
export async function resolveInputs<T extends Pick<ScheduleInput, 'spec'>>(
  { calendars, maintenance }: Pick<Tables, 'calendars' | 'maintenance'>,
  inputs: readonly T[],
  holder: Holder,
  prefixOf = (at: number): string => `schedules.${at}.`,
): Promise<readonly T[]> {
  if (inputs.length === 0) return inputs;
  const found = await calendars.inForce(attachedIds(inputs));
  const windows = await maintenance.unsettled();
  const known = new Set(found.map(({ id }) => id));
  const fields = inputs.flatMap(({ spec }, at) =>
    (spec.calendars ?? []).flatMap((uuid, place) => {
      const reference = fromUuid(uuid);
      const isThere = reference === null || known.has(reference.id);
      return isThere ? [] : [{ path: `${prefixOf(at)}calendars.${place}`, message: 'there is no such calendar' }];
    }),
  );
  const first = fields[0];
  if (first !== undefined) throw new JobTriggerError('schedule_invalid', `${first.path}: ${first.message}`, { fields });
  return inputs.map((input) => ({ ...input, spec: resolveSpec(input.spec, found, holder, windows) }));
}
