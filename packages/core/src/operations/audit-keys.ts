/**
 * Keys that signed ends of the audit before the installation got another: kept sealed in the database, so that what they
 * signed can be verified for ever. Nothing is signed with them again.
 */
import { auditKeyPlace, auditKeySetting } from '../model/sealed-place.ts';
import { keysFor } from '../secrets/canary.ts';
import type { InstallationKey } from '../secrets/installation-key.ts';
import type { OperationContext } from './context.ts';
import { boxOf, keysOf } from './installation-box.ts';

/** Before one goes out of force. Those that are kept already stay as they are. */
export async function keepAuditKeys(context: OperationContext): Promise<void> {
  const box = boxOf(context);
  const { current, former } = await keysFor(context.store, keysOf(context), 'audit head');
  for (const { id, key } of [current, ...former]) {
    const sealed = box.seal(Buffer.from(key).toString('base64url'), auditKeyPlace(id));
    await context.store.settings.setOnce(`${auditKeySetting}${id}`, sealed);
  }
}

/** @throws `secret_unreadable` */
export async function formerAuditKeys(context: OperationContext): Promise<readonly InstallationKey[]> {
  const box = boxOf(context);
  const kept = await context.store.settings.startingWith(auditKeySetting);
  return Object.entries(kept).map(([name, sealed]) => {
    const id = name.slice(auditKeySetting.length);
    return { id, key: Buffer.from(box.open(String(sealed), auditKeyPlace(id)), 'base64url') };
  });
}
