/** The ring of keys that sign access tokens: in the database, so that each portal has it, and sealed there. */
import { toUuid } from '../model/id.ts';
import type { Millis } from '../model/instant.ts';
import { tokenKeyPlace } from '../model/sealed-place.ts';
import type { TokenKey } from '../store/token-table.ts';
import { audited, namedSubject, note, noteNothing } from './audited.ts';
import type { Actor, OperationContext } from './context.ts';
import { boxOf } from './installation-box.ts';

/** An Ed25519 key (RFC 8032) that is ours. */
export interface SigningKey {
  /** Names it in tokens. */
  readonly kid: string;
  /** Its private half, 32 bytes. */
  readonly seed: Uint8Array;
}

export interface TokenKeyOperations {
  /** The key that signs; made when there is none that is young enough. @throws `secret_unreadable` */
  current(actor: Actor): Promise<SigningKey>;
  /** One of the ring; null for any other name. @throws `secret_unreadable` */
  of(kid: string): Promise<SigningKey | null>;
}

const dayMs: Millis = 86_400_000;
/** A key signs for so long, and its tokens are taken for a day more: far longer than they last. */
const signsMs: Millis = 30 * dayMs;
const keptMs: Millis = signsMs + dayMs;

export function tokenKeyOperations(context: OperationContext): TokenKeyOperations {
  const { store, system } = context;
  const box = boxOf(context);
  const opened = new Map<string, SigningKey>();

  function open(key: TokenKey): SigningKey {
    const kid = toUuid(key);
    const known = opened.get(kid);
    if (known !== undefined) return known;
    const made = { kid, seed: Buffer.from(box.open(key.sealed, tokenKeyPlace(key.id)), 'base64url') };
    opened.set(kid, made);
    return made;
  }

  async function add(actor: Actor): Promise<TokenKey> {
    const [id = 0] = await store.ids(1);
    const sealed = box.seal(Buffer.from(system.random.bytes(32)).toString('base64url'), tokenKeyPlace(id));
    return audited(store, async (tables) => {
      // Two portals that both find none make one key.
      await tables.people.lock();
      const now = await tables.now();
      const [newest] = await tables.tokens.keys();
      if (newest !== undefined && now - newest.createdAt < signsMs) {
        noteNothing(tables);
        return newest;
      }
      const key = { id, createdAt: now, sealed };
      await tables.tokens.addKey(key);
      await tables.tokens.pruneKeys(now - keptMs);
      await note(tables, actor, {
        action: 'token_key.made',
        subject: namedSubject('installation', null),
        after: { kid: toUuid(key) },
      });
      return key;
    });
  }

  return {
    async current(actor) {
      const [newest] = await store.tokens.keys();
      const isYoung = newest !== undefined && (await store.now()) - newest.createdAt < signsMs;
      return open(isYoung ? newest : await add(actor));
    },
    async of(kid) {
      // Read each time: a key that was taken out of the ring counts nowhere any more.
      const found = (await store.tokens.keys()).find((key) => toUuid(key) === kid);
      return found === undefined || (await store.now()) - found.createdAt >= keptMs ? null : open(found);
    },
  };
}
