/**
 * One secret that says nothing, looked at whenever a program starts: that it stands there sealed proves that sealing
 * works, and that it opens proves that this is the key which everything else was sealed with.
 */
import { JobTriggerError } from '../errors.ts';
import { canaryPlace, canarySetting } from '../model/sealed-place.ts';
import { makeKey, readKeys, type KeyPlace, type KeyPurpose, type KeyRing } from './installation-key.ts';
import { isSealed, type SecretBox } from './secret-box.ts';

const text = 'job-trigger-portal: this is not a secret';

/** What keeps the canary. */
export interface CanaryPlace {
  readonly settings: { get(key: string): Promise<unknown>; setOnce(key: string, value: unknown): Promise<unknown> };
  readonly secrets: {
    sealedWithOther(keyId: string, limit: number): Promise<readonly { sealed: string; place: string }[]>;
  };
}

const howTo =
  'Bring back the key that this installation was set up with: the file secret.key of a backup into the data folder, or the former value of JOB_PORTAL_SECRET_KEY. Without it stored secrets are lost: see "Use secrets" in the documentation.';

/** @throws `secret_unreadable` with how to restore; nothing is changed then */
export async function checkCanary({ settings, secrets }: CanaryPlace, box: SecretBox): Promise<void> {
  const before = await settings.get(canarySetting);
  if (before === null || before === undefined) {
    // Sealed before there was a canary: it must not be made with a key that opens none of it.
    for (const { sealed, place } of await secrets.sealedWithOther(box.keyId(), 1)) opened(box, sealed, place);
  }
  const sealed = before ?? (await settings.setOnce(canarySetting, box.seal(text, canaryPlace)));
  if (!isSealed(sealed) || sealed.includes(text) || sealed.includes(Buffer.from(text).toString('base64url')))
    throw new JobTriggerError(
      'secret_unreadable',
      'Stored secrets are not sealed: the test secret stands readable in the database. Nothing is started.',
    );
  if (opened(box, sealed, canaryPlace) !== text) throw refused('the test secret opens as something else');
}

/**
 * Keys for another purpose than sealing. The file is made only where there never was one: one that was lost comes back
 * from a backup.
 * @throws `secret_unreadable`
 */
export async function keysFor(
  { settings }: Pick<CanaryPlace, 'settings'>,
  keys: KeyPlace,
  purpose: KeyPurpose,
): Promise<KeyRing> {
  if ((await settings.get(canarySetting)) === null) makeKey(keys);
  return readKeys(keys, purpose);
}

function opened(box: SecretBox, sealed: string, place: string): string {
  try {
    return box.open(sealed, place);
  } catch (error) {
    throw refused((error as Error).message.replace(/\.$/, ''), error);
  }
}

function refused(why: string, cause?: unknown): JobTriggerError {
  return new JobTriggerError('secret_unreadable', `Stored secrets cannot be opened: ${why}. ${howTo}`, {}, { cause });
}
