/**
 * Puts everything that is sealed under a new key of the installation. Killed at any step it goes on where it was: the
 * former key stays in the file until nothing needs it.
 */
import { addKey, forgetFormerKeys, type KeyPlace } from './installation-key.ts';
import type { SecretBox } from './secret-box.ts';

interface Sealed {
  readonly table: string;
  readonly column: string;
  readonly id: number;
  readonly sealed: string;
  readonly place: string;
}

export interface RotationPlace {
  sealedWithOther(keyId: string, limit: number): Promise<readonly Sealed[]>;
  reseal(value: Sealed, sealed: string): Promise<boolean>;
}

export interface Rotated {
  readonly keyId: string;
  /** False where a rotation was gone on with, or the key comes from the settings. */
  readonly isNew: boolean;
  /** How many were put under it. */
  readonly resealed: number;
}

const batch = 200;

export interface RotateOptions {
  readonly box: SecretBox;
  readonly keys: KeyPlace;
  readonly place: RotationPlace;
  /** Waits until what others sealed with the former key while it went out of force is committed. */
  readonly settle: () => Promise<void>;
}

/** @throws `secret_unreadable` when something opens with none of the keys: then the former ones stay */
export async function rotateKey({ box, keys, place, settle }: RotateOptions): Promise<Rotated> {
  // Makes the file where there is none yet.
  box.keyId();
  const isNew = keys.secretKey === null && addKey(keys);
  const keyId = box.keyId();
  let resealed = await resealAll({ box, place, keyId });
  await settle();
  resealed += await resealAll({ box, place, keyId });
  if (keys.secretKey === null) forgetFormerKeys(keys);
  return { keyId, isNew, resealed };
}

async function resealAll({
  box,
  place,
  keyId,
}: Pick<RotateOptions, 'box' | 'place'> & { readonly keyId: string }): Promise<number> {
  let count = 0;
  for (;;) {
    const found = await place.sealedWithOther(keyId, batch);
    if (found.length === 0) return count;
    // One that changed meanwhile is found again, as it is then.
    for (const value of found) if (await place.reseal(value, box.rewrap(value.sealed, value.place))) count += 1;
  }
}
