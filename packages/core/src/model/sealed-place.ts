/** Where each secret is sealed for: it opens nowhere else, so that nobody can put one in another's place. */
import type { Id } from './id.ts';
import type { Secret } from './secret.ts';

export const webhookPlace = (id: Id): string => `webhook|${id}|signing`;
export const hookPlace = (id: Id): string => `hook|${id}|signing`;
export const monitorPlace = (id: Id): string => `monitor|${id}|token`;
/** Of the key that somebody's one-time codes are made with. */
export const oneTimePlace = (personId: Id): string => `person|${personId}|one_time_codes`;
/** Of a key that access tokens are signed with. */
export const tokenKeyPlace = (id: Id): string => `token key|${id}|signing`;
/** The setting that holds the canary of the start, and what it is sealed for. */
export const canarySetting = 'secret_canary';
export const canaryPlace = 'installation|canary|1|start';
/** Settings that hold a former key of the audit: this, and the key's id. */
export const auditKeySetting = 'audit_key.';
export const auditKeyPlace = (id: string): string => `installation|audit key|${id}|verify`;
/** Owner, id, version, purpose: a former value does not open as the present one. */
export const secretPlace = ({
  scope,
  ownerId,
  id,
  version,
}: Pick<Secret, 'scope' | 'ownerId' | 'id' | 'version'>): string =>
  `${ownerId === null ? scope : `${scope} ${ownerId}`}|${id}|${version}|value`;
