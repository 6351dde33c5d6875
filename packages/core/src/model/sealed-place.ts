/** Where each secret is sealed for: it opens nowhere else, so that nobody can put one in another's place. */
import type { Id } from './id.ts';
import type { Secret } from './secret.ts';

export const webhookPlace = (id: Id): string => `webhook|${id}|signing`;
export const hookPlace = (id: Id): string => `hook|${id}|signing`;
export const monitorPlace = (id: Id): string => `monitor|${id}|token`;
export const canaryPlace = 'installation|canary|1|start';
/** Owner, id, version, purpose: a former value does not open as the present one. */
export const secretPlace = ({
  scope,
  ownerId,
  id,
  version,
}: Pick<Secret, 'scope' | 'ownerId' | 'id' | 'version'>): string =>
  `${ownerId === null ? scope : `${scope} ${ownerId}`}|${id}|${version}|value`;
