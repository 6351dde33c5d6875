import { JobTriggerError } from '../../errors.ts';
import type { Identity, OidcFlow } from '../../model/identity.ts';
import type { IdentityTable } from '../identity-table.ts';
import type { IdentityRow, OidcFlowRow } from './people-schema.ts';
import { first, type Session } from './session.ts';

function toIdentity(row: IdentityRow): Identity {
  return {
    id: row.id,
    createdAt: row.created_at,
    personId: row.person_id,
    issuer: row.issuer,
    subject: row.subject,
    account: row.account,
    usedAt: row.used_at,
  };
}

function toFlow(row: OidcFlowRow): OidcFlow {
  return {
    stateHash: row.state_hash,
    browserHash: row.browser_hash,
    provider: row.provider,
    personId: row.person_id,
    invitationHash: row.invitation_hash,
    timezone: row.timezone,
    expiresAt: row.expires_at,
  };
}

/** Sign-ins through others, on either database. */
export function identityTable(session: Session): IdentityTable {
  const { build } = session;
  const all = build.selectFrom('identities').selectAll();
  return {
    async insert(identity) {
      const row: IdentityRow = {
        id: identity.id,
        created_at: identity.createdAt,
        person_id: identity.personId,
        issuer: identity.issuer,
        subject: identity.subject,
        account: identity.account,
        used_at: identity.usedAt,
      };
      const insert = build.insertInto('identities').values(row);
      if ((await session.change(insert.onConflict((on) => on.doNothing()))) > 0) return;
      throw new JobTriggerError('name_taken', 'This sign-in belongs to an account already.');
    },
    async bySubject(issuer, subject) {
      const row = await first(session, all.where('issuer', '=', issuer).where('subject', '=', subject));
      return row === null ? null : toIdentity(row);
    },
    async list(personId) {
      const own = all.where('person_id', '=', personId).orderBy('created_at').orderBy('id');
      return (await session.rows(own)).map(toIdentity);
    },
    async touch(id, { at, account }) {
      await session.change(build.updateTable('identities').set({ used_at: at, account }).where('id', '=', id));
    },
    async remove(id) {
      return (await session.change(build.deleteFrom('identities').where('id', '=', id))) > 0;
    },
    async begin(flow) {
      const row: OidcFlowRow = {
        state_hash: flow.stateHash,
        browser_hash: flow.browserHash,
        provider: flow.provider,
        person_id: flow.personId,
        invitation_hash: flow.invitationHash,
        timezone: flow.timezone,
        expires_at: flow.expiresAt,
      };
      await session.change(build.insertInto('oidc_flows').values(row));
    },
    async take(stateHash) {
      const row = await first(session, build.selectFrom('oidc_flows').selectAll().where('state_hash', '=', stateHash));
      // Two portals at once: only who deletes the row has it.
      if (
        row === null ||
        (await session.change(build.deleteFrom('oidc_flows').where('state_hash', '=', stateHash))) === 0
      )
        return null;
      return toFlow(row);
    },
    pruneFlows: (now) => session.change(build.deleteFrom('oidc_flows').where('expires_at', '<=', now)),
  };
}
