/** An authenticator in software, as a browser would reach one: keys on P-256, statements of no maker. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KnownCredential, NewCredential, PasskeyChallenge } from 'job-trigger-contract';

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
const sha256 = (bytes: string | Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** CBOR of what is needed here: small numbers, texts, bytes and maps (RFC 8949). */
function cbor(value: number | string | Uint8Array | ReadonlyMap<number | string, unknown>): Buffer {
  const head = (kind: number, length: number): Buffer =>
    length < 24
      ? Buffer.from([(kind << 5) | length])
      : length < 256
        ? Buffer.from([(kind << 5) | 24, length])
        : Buffer.from([(kind << 5) | 25, length >> 8, length & 255]);
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  const pairs = [...value].flatMap(([key, item]) => [cbor(key), cbor(item as string)]);
  return Buffer.concat([head(5, value.size), ...pairs]);
}

/** What an answer may get wrong. */
export interface Flaws {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  /** The person was not checked. */
  readonly unverified?: boolean;
  readonly count?: number;
  readonly userHandle?: string;
}

export class TestAuthenticator {
  readonly #origin: string;
  readonly #rpId: string;
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #id = randomBytes(32);
  #count = 0;
  #userHandle = '';

  constructor(origin: string) {
    this.#origin = origin;
    this.#rpId = new URL(origin).hostname;
  }

  #clientData(type: string, { options }: PasskeyChallenge, { origin, challenge }: Flaws): string {
    const told = {
      type,
      challenge: challenge ?? options['challenge'],
      origin: origin ?? this.#origin,
      crossOrigin: false,
    };
    return JSON.stringify(told);
  }

  #data({ rpId, unverified = false, count }: Flaws, attested: Buffer | null): Buffer {
    this.#count += 1;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(count ?? this.#count);
    const flags = 0x01 | (unverified ? 0 : 0x04) | (attested === null ? 0 : 0x40);
    return Buffer.concat([sha256(rpId ?? this.#rpId), Buffer.from([flags]), counter, attested ?? Buffer.alloc(0)]);
  }

  #credential() {
    const id = base64url(this.#id);
    return { id, rawId: id, type: 'public-key' as const, clientExtensionResults: {} };
  }

  /** Answers `navigator.credentials.create`. */
  make(asked: PasskeyChallenge, flaws: Flaws = {}, statement: ReadonlyMap<string, unknown> = new Map()): NewCredential {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const key = new Map<number, unknown>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]);
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, this.#id.length]), this.#id, cbor(key)]);
    const object = new Map<string, unknown>([
      ['fmt', statement.size === 0 ? 'none' : 'apple'],
      ['attStmt', statement],
      ['authData', this.#data(flaws, attested)],
    ]);
    const { user } = asked.options as { readonly user: { readonly id: string } };
    this.#userHandle = user.id;
    return {
      ...this.#credential(),
      response: {
        clientDataJSON: base64url(Buffer.from(this.#clientData('webauthn.create', asked, flaws))),
        attestationObject: base64url(cbor(object)),
        transports: ['internal'],
      },
    };
  }

  /** Answers `navigator.credentials.get`. */
  show(asked: PasskeyChallenge, flaws: Flaws = {}): KnownCredential {
    const client = this.#clientData('webauthn.get', asked, flaws);
    const data = this.#data(flaws, null);
    return {
      ...this.#credential(),
      response: {
        clientDataJSON: base64url(Buffer.from(client)),
        authenticatorData: base64url(data),
        signature: base64url(sign('sha256', Buffer.concat([data, sha256(client)]), this.#keys.privateKey)),
        userHandle: flaws.userHandle ?? this.#userHandle,
      },
    };
  }
}
