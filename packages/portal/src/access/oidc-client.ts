/** How a provider is asked (OpenID Connect, code flow with PKCE): what its answers must hold before anybody comes in. */
import { createHmac } from 'node:crypto';
import {
  guardedFetch,
  isEmail,
  JobTriggerError,
  type Clock,
  type OidcProvider,
  type VouchedFor,
} from 'job-trigger-core';
import type * as OpenidClient from 'openid-client';
import type { ClientAuth, Configuration, CustomFetch, IDToken } from 'openid-client';

/** What is known of a provider counts this long. */
const knownMs = 10 * 60_000;
const waitSeconds = 10;

/** Signatures that only the provider can make: none by a secret that both sides have. */
const algorithms = /^(?:RS|PS|ES)(?:256|384|512)$|^EdDSA$|^Ed25519$/;

interface Known {
  readonly configuration: Configuration;
  readonly at: number;
}

/** One sign-in under way: what the browser keeps, and what travels. Nonce and verifier are made of both, and stored nowhere. */
export interface Secrets {
  readonly browser: string;
  readonly state: string;
}

function derived(what: 'nonce' | 'verifier', { browser, state }: Secrets): string {
  return createHmac('sha256', browser).update(`${what} ${state}`).digest('base64url');
}

const refused = (provider: OidcProvider, why: string, cause?: unknown): JobTriggerError =>
  new JobTriggerError('unauthenticated', `The answer of ${provider.label} was refused: ${why}`, undefined, { cause });

function away(provider: OidcProvider, cause: unknown): JobTriggerError {
  const text = `${provider.label} cannot be asked at the moment. Try again, or sign in another way.`;
  return new JobTriggerError('unavailable', text, undefined, { cause });
}

/** What the library sends is a form, or nothing. */
function textOfBody(body: unknown): string | null {
  if (body instanceof URLSearchParams) return body.toString();
  return typeof body === 'string' ? body : null;
}

function guarded({ allowPrivate }: OidcProvider): CustomFetch {
  return (url, { method, headers, body, signal }) =>
    guardedFetch(
      url,
      {
        method,
        headers,
        body: textOfBody(body),
        signal: signal ?? AbortSignal.timeout(waitSeconds * 1000),
      },
      { allowPrivate },
    );
}

/** The header of a signed token, before anything in it is believed. */
function algorithmOf(token: string): string {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString());
    return String((header as { alg?: unknown }).alg);
  } catch {
    return '';
  }
}

/** What is only shown: without characters that hide, turn or end a text. */
function textOf(value: unknown): string | null {
  const text = typeof value === 'string' ? value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '').trim() : '';
  return text === '' ? null : text.slice(0, 320);
}

function groupsOf(claims: Readonly<Record<string, unknown>>, claim: string | null): readonly string[] | null {
  const value = claim === null ? undefined : claims[claim];
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((group): group is string => typeof group === 'string') : null;
}

function vouchedBy(
  provider: OidcProvider,
  claims: Readonly<Record<string, unknown>> & { readonly iss: string; readonly sub: string },
): VouchedFor {
  const address = textOf(claims['email'])?.toLowerCase() ?? null;
  // To the letter: what was taken off for show was not verified.
  const isVerified = claims['email_verified'] === true && address === String(claims['email']).toLowerCase();
  return {
    issuer: claims.iss,
    subject: claims.sub,
    email: address !== null && isVerified && isEmail(address) ? address : null,
    name: textOf(claims['name']),
    account: address ?? textOf(claims['preferred_username']) ?? textOf(claims['name']) ?? claims.sub,
    groups: groupsOf(claims, provider.groupsClaim),
  };
}

/** What the library leaves open: whose signature, for whom alone, and about somebody. @throws `unauthenticated` */
function checkedClaims(provider: OidcProvider, claims: IDToken | undefined, token: string): IDToken {
  if (claims === undefined) throw refused(provider, 'it holds no identity.');
  if (!algorithms.test(algorithmOf(token))) throw refused(provider, 'it is not signed by the provider.');
  if (claims.aud !== provider.clientId) throw refused(provider, 'it is meant for others too.');
  // As the standard has it; anything else could be cut or joined on the way into a table.
  if (!/^[\x20-\x7e]{1,255}$/.test(claims.sub)) throw refused(provider, 'it names nobody.');
  return claims;
}

export class OidcClients {
  readonly #clock: Clock;
  readonly #publicUrl: string;
  readonly #known = new Map<string, Known>();
  /** Loaded by the first who presses a button: most starts need none of it. */
  #client: Promise<typeof OpenidClient> | null = null;

  /** @param publicUrl where people reach this portal; where they are sent back to is made of it and of nothing else */
  constructor(clock: Clock, publicUrl: string) {
    this.#clock = clock;
    this.#publicUrl = publicUrl;
  }

  redirectUri({ name }: OidcProvider): URL {
    return new URL(`${this.#publicUrl.replace(/\/+$/, '')}/sign-in/${name}`);
  }

  /** Where to send the browser. @throws `unavailable` when the provider cannot be asked */
  async begin(provider: OidcProvider, secrets: Secrets): Promise<URL> {
    const { client, configuration } = await this.#configurationOf(provider);
    return client.buildAuthorizationUrl(configuration, {
      redirect_uri: this.redirectUri(provider).href,
      scope: provider.scopes.join(' '),
      state: secrets.state,
      nonce: derived('nonce', secrets),
      code_challenge: await client.calculatePKCECodeChallenge(derived('verifier', secrets)),
      code_challenge_method: 'S256',
    });
  }

  /**
   * Exchanges what came back for a token, and reads it.
   * @param query of the address that the browser was sent back to
   * @throws `unauthenticated` for anything that is not as it must be, `unavailable`
   */
  async finish(provider: OidcProvider, query: string, secrets: Secrets): Promise<VouchedFor> {
    const { client, configuration } = await this.#configurationOf(provider);
    const address = this.redirectUri(provider);
    address.search = query;
    const said = address.searchParams.get('error');
    if (said !== null) throw refused(provider, `it says ${JSON.stringify(said.slice(0, 100))}.`);
    try {
      const tokens = await client.authorizationCodeGrant(configuration, address, {
        expectedState: secrets.state,
        expectedNonce: derived('nonce', secrets),
        pkceCodeVerifier: derived('verifier', secrets),
        idTokenExpected: true,
      });
      return vouchedBy(provider, checkedClaims(provider, tokens.claims(), tokens.id_token ?? ''));
    } catch (error) {
      if (error instanceof JobTriggerError) throw error;
      if (isAway(error)) throw away(provider, error);
      // Keys may have been exchanged rightly meanwhile: the next sign-in reads them anew.
      this.#known.delete(provider.name);
      const { error: told } = error as { error?: unknown };
      const why =
        typeof told === 'string' ? `it says ${JSON.stringify(told.slice(0, 100))}.` : 'it is not as it must be.';
      throw refused(provider, why, error);
    }
  }

  async #configurationOf(
    provider: OidcProvider,
  ): Promise<{ readonly client: typeof OpenidClient; readonly configuration: Configuration }> {
    this.#client ??= import('openid-client');
    const client = await this.#client;
    const now = this.#clock.mono();
    const known = this.#known.get(provider.name);
    if (known !== undefined && now - known.at < knownMs) return { client, configuration: known.configuration };
    const configuration = await discovered(client, provider);
    this.#known.set(provider.name, { configuration, at: now });
    return { client, configuration };
  }
}

/** In the header, where a provider does not say that it wants it in the body alone. */
function proofOf(client: typeof OpenidClient, secret: string): ClientAuth {
  const [basic, post] = [client.ClientSecretBasic(secret), client.ClientSecretPost(secret)];
  return (server, ...others) => {
    const isBasic = server.token_endpoint_auth_methods_supported?.includes('client_secret_basic') ?? true;
    return (isBasic ? basic : post)(server, ...others);
  };
}

async function discovered(client: typeof OpenidClient, provider: OidcProvider): Promise<Configuration> {
  const { issuer, clientId, clientSecret } = provider;
  const isPlain = issuer.startsWith('http:');
  try {
    const configuration = await client.discovery(
      new URL(issuer),
      clientId,
      {},
      clientSecret === null ? client.None() : proofOf(client, clientSecret),
      {
        [client.customFetch]: guarded(provider),
        timeout: waitSeconds,
        // The token comes by a connection to the provider; its signature is checked all the same.
        execute: [client.enableNonRepudiationChecks, ...(isPlain ? [client.allowInsecureRequests] : [])],
      },
    );
    const methods = configuration.serverMetadata().code_challenge_methods_supported;
    if (methods !== undefined && !methods.includes('S256'))
      throw new TypeError(`${issuer} cannot bind a code to who asked for it (PKCE with S256).`);
    return configuration;
  } catch (error) {
    throw away(provider, error);
  }
}

/** Whether the provider gave no answer at all, or said that it is out of order. */
function isAway(error: unknown): boolean {
  const { name, code, cause } = error as { name?: unknown; code?: unknown; cause?: unknown };
  const { status } = (cause ?? {}) as { status?: unknown };
  return (
    name === 'TimeoutError' ||
    code === 'OAUTH_TIMEOUT' ||
    (typeof status === 'number' && status >= 500) ||
    (typeof code === 'string' && /^E[A-Z]+$|^blocked_address$/.test(code))
  );
}
