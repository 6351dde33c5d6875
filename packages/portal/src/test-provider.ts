/** A sign-in provider over real HTTP with real keys, which lies on demand. */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHash, randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from 'jose';

/** What the next tokens say, and how they are signed. */
export interface Lies {
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Default: the nonce that was asked for. */
  readonly nonce?: string;
  readonly issuer?: string;
  readonly subject?: string;
  readonly audience?: string | readonly string[];
  /** With the provider's public key as the secret, or a key that it never published. */
  readonly signedBy?: 'public key as secret' | 'another key';
}

interface Granted {
  readonly challenge: string | null;
  readonly redirectUri: string;
  readonly nonce: string;
}

export interface TestProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Who presses the button next, and what is said of them. */
  says(subject: string, claims?: Readonly<Record<string, unknown>>): void;
  lies(lies: Lies): void;
  /** Where the browser is sent back to after it came to `url`. */
  comeBack(url: string): URL;
  /** How often a token was asked for with the secret and the code it was given for. */
  readonly exchanged: () => number;
  /** From now on other keys are published, and sign. */
  changeKeys(): Promise<void>;
  /** Whether it answers at all. */
  away(isAway: boolean): void;
  close(): Promise<void>;
}

const clientId = 'job-portal';
const clientSecret = 'kept-between-two';

interface Pair {
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

async function pairOf(kid: string): Promise<Pair> {
  const { privateKey, publicKey } = await generateKeyPair('RS256');
  return { privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg: 'RS256', use: 'sig' } };
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const part of request) text += String(part);
  return new URLSearchParams(text);
}

const digest = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

export async function startTestProvider(): Promise<TestProvider> {
  let keys = await pairOf('first');
  const stranger = await pairOf('first');
  const granted = new Map<string, Granted>();
  let who = { subject: 'sub-1', claims: {} as Readonly<Record<string, unknown>> };
  let lie: Lies = {};
  let exchanged = 0;
  let isAway = false;

  async function tokenFor({ nonce }: Granted): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const said = { issuer, audience: clientId, subject: who.subject, nonce, ...lie };
    const claims = { nonce: said.nonce, ...who.claims, ...lie.claims };
    const token = new SignJWT(claims)
      .setIssuer(said.issuer)
      .setSubject(said.subject)
      .setAudience(typeof said.audience === 'string' ? said.audience : [...said.audience])
      .setIssuedAt(now)
      .setExpirationTime(Number(lie.claims?.['exp'] ?? now + 300));
    if (lie.signedBy === 'public key as secret')
      return token
        .setProtectedHeader({ alg: 'HS256', kid: 'first' })
        .sign(new TextEncoder().encode(JSON.stringify(keys.publicJwk)));
    const { privateKey } = lie.signedBy === 'another key' ? stranger : keys;
    return token.setProtectedHeader({ alg: 'RS256', kid: keys.publicJwk.kid ?? '' }).sign(privateKey);
  }

  async function exchange(request: IncomingMessage): Promise<object> {
    const { code = '', code_verifier: verifier = '', redirect_uri: place } = Object.fromEntries(await bodyOf(request));
    const grant = granted.get(code);
    const shown = Buffer.from(request.headers.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
    if (decodeURIComponent(shown) !== `${clientId}:${clientSecret}`) return { error: 'invalid_client' };
    const isProven = grant?.challenge === digest(verifier);
    if (grant === undefined || !isProven || grant.redirectUri !== place) return { error: 'invalid_grant' };
    granted.delete(code);
    exchanged += 1;
    return { access_token: 'opaque', token_type: 'Bearer', id_token: await tokenFor(grant) };
  }

  const server = createServer((request, response) => {
    const answer = async (): Promise<object | string> => {
      const { pathname } = new URL(request.url ?? '/', issuer);
      if (pathname === '/keys') return { keys: [keys.publicJwk] };
      if (pathname === '/token') return exchange(request);
      if (pathname === '/authorize') return comeBack(new URL(request.url ?? '', issuer).href).href;
      return {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ['code'],
        code_challenge_methods_supported: ['S256'],
        id_token_signing_alg_values_supported: ['RS256', 'HS256'],
        authorization_response_iss_parameter_supported: true,
      };
    };
    void answer().then((found) => {
      if (isAway) response.writeHead(503).end();
      else if (typeof found === 'string')
        // As real ones do, it asks before it sends a browser back.
        response
          .writeHead(200, { 'content-type': 'text/html' })
          .end(`<a href="${found.replaceAll('&', '&amp;')}">Go on as ${who.subject}</a>`);
      else
        response
          .writeHead('error' in found ? 400 : 200, { 'content-type': 'application/json' })
          .end(JSON.stringify(found));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  function comeBack(url: string): URL {
    const { searchParams: asked } = new URL(url);
    const code = randomBytes(16).toString('base64url');
    const redirectUri = asked.get('redirect_uri') ?? '';
    granted.set(code, { challenge: asked.get('code_challenge'), redirectUri, nonce: asked.get('nonce') ?? '' });
    const back = new URL(redirectUri);
    back.search = new URLSearchParams({ code, state: asked.get('state') ?? '', iss: issuer }).toString();
    return back;
  }

  return {
    issuer,
    clientId,
    clientSecret,
    says: (subject, claims = {}) => {
      who = { subject, claims };
      lie = {};
    },
    lies: (lies) => {
      lie = lies;
    },
    comeBack,
    exchanged: () => exchanged,
    async changeKeys() {
      keys = await pairOf('second');
    },
    away: (away) => {
      isAway = away;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
