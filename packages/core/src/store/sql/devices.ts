import type { DeviceSignIn } from '../../model/device-sign-in.ts';
import type { DeviceTable } from '../device-table.ts';
import type { DeviceSignInRow } from './people-schema.ts';
import { first, type Session } from './session.ts';

function toDevice(row: DeviceSignInRow): DeviceSignIn {
  return {
    hash: row.hash,
    codeHash: row.code_hash,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    client: row.client,
    host: row.host,
    address: row.address,
    nextAskAt: row.next_ask_at,
    intervalSeconds: row.interval_seconds,
    decision: row.decision as DeviceSignIn['decision'],
    personId: row.person_id,
    epoch: row.epoch,
  };
}

/** Sign-ins of command lines that are under way, on either database. */
export function deviceTable(session: Session): DeviceTable {
  const { build } = session;
  const all = build.selectFrom('device_sign_ins').selectAll();
  const change = build.updateTable('device_sign_ins');
  return {
    async add(device) {
      const row: DeviceSignInRow = {
        hash: device.hash,
        code_hash: device.codeHash,
        created_at: device.createdAt,
        expires_at: device.expiresAt,
        client: device.client,
        host: device.host,
        address: device.address,
        next_ask_at: device.nextAskAt,
        interval_seconds: device.intervalSeconds,
        decision: device.decision,
        person_id: device.personId,
        epoch: device.epoch,
      };
      const insert = build.insertInto('device_sign_ins').values(row);
      return (await session.change(insert.onConflict((on) => on.doNothing()))) > 0;
    },
    async get(hash) {
      const row = await first(session, all.where('hash', '=', hash));
      return row === null ? null : toDevice(row);
    },
    async waiting(codeHash, now) {
      const standing = all.where('code_hash', '=', codeHash).where('expires_at', '>', now);
      const row = await first(session, standing.where('decision', 'is', null));
      return row === null ? null : toDevice(row);
    },
    async decide(codeHash, now, { decision, personId, epoch }) {
      const decided = change
        .set({ decision, person_id: personId, epoch })
        .where('code_hash', '=', codeHash)
        .where('expires_at', '>', now)
        .where('decision', 'is', null);
      return (await session.change(decided)) > 0;
    },
    async asked(hash, { nextAskAt, intervalSeconds }) {
      const next = { next_ask_at: nextAskAt, interval_seconds: intervalSeconds };
      await session.change(change.set(next).where('hash', '=', hash));
    },
    async take(hash) {
      return (await session.change(build.deleteFrom('device_sign_ins').where('hash', '=', hash))) > 0;
    },
    prune: (now) => session.change(build.deleteFrom('device_sign_ins').where('expires_at', '<=', now)),
  };
}
