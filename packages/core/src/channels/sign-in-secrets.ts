import type { Id } from '../model/id.ts';

/** Where the key of somebody's one-time codes is sealed for: `one_time_keys.secret` holds it. */
export const oneTimePlace = (personId: Id): string => `person|${personId}|one_time_codes`;
