/** Values that jobs need and nobody is shown: passwords, tokens, keys. */
import type { Id } from './id.ts';
import type { Instant, Millis } from './instant.ts';

/** Whose jobs may use it: everybody's, those of one person, or one job alone. */
export const secretScopes = ['installation', 'person', 'job'] as const;
export type SecretScope = (typeof secretScopes)[number];

/** Where its value lies: sealed in the database, or elsewhere, read anew for each run. */
export const secretProviders = ['local', 'env', 'file', 'vault', 'aws'] as const;
export type SecretProvider = (typeof secretProviders)[number];

export const secretNamePattern = /^[A-Za-z][A-Za-z0-9_.-]{0,99}$/;

export interface Secret {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  /** Unique within its scope and owner, whatever the case. */
  readonly name: string;
  readonly scope: SecretScope;
  /** The person or the job; null where it is everybody's. */
  readonly ownerId: Id | null;
  readonly provider: SecretProvider;
  /** The value, of the provider `local` only. */
  readonly sealed: string | null;
  /** Where another provider finds it; null for `local`. */
  readonly reference: string | null;
  /** From 1; rises with each new value. */
  readonly version: number;
  readonly rotatedAt: Instant;
  /** When it stops being good elsewhere: a reminder, runs go on. */
  readonly expiresAt: Instant | null;
  /** When a run was last given it; a minute too early at most. */
  readonly usedAt: Instant | null;
  readonly createdBy: string | null;
}

/** So long before it expires people are told. */
export const expirySoonMs: Millis = 14 * 86_400_000;

/** By the name of a variable, the name of the secret that it is given. */
export type SecretReferences = Readonly<Record<string, string>>;

export const mostSecretsOfJob = 50;
export const longestSecretBytes = 32_768;
/** All that one run is given together. */
export const mostSecretBytes = 131_072;

export interface VaultSettings {
  readonly url: string;
  readonly token: string;
  /** Of the key-value store, version 2. */
  readonly mount: string;
  readonly namespace: string | null;
  readonly timeoutMs: Millis;
}

export interface AwsSettings {
  readonly region: string;
  /** Null for Amazon's own. */
  readonly endpoint: string | null;
  /** Null, and with it the other: what the machine has, as its role. */
  readonly accessKeyId: string | null;
  readonly secretAccessKey: string | null;
  readonly timeoutMs: Millis;
}

/** Where the providers besides `local` look. */
export interface SecretProviderSettings {
  /** Only variables with {@link secretVariablePrefix} are read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Null: the provider `file` is off. */
  readonly folder: string | null;
  /** Null: the provider `vault` is off. */
  readonly vault: VaultSettings | null;
  /** AWS Secrets Manager. Null: the provider `aws` is off. */
  readonly aws: AwsSettings | null;
}

/** Anything else of the environment is the portal's own, its key and its database among it. */
export const secretVariablePrefix = 'JOB_SECRET_';

/**
 * The secret that a name means for a job: the job's own goes before its owner's, that before everybody's.
 * @param named all of that name, whoever's they are
 */
export function secretFor(
  { id, ownerId }: { readonly id: Id; readonly ownerId: Id | null },
  named: readonly Secret[],
): Secret | null {
  const own = named.find((secret) => secret.scope === 'job' && secret.ownerId === id);
  const persons = named.find((secret) => secret.scope === 'person' && ownerId !== null && secret.ownerId === ownerId);
  return own ?? persons ?? named.find(({ scope }) => scope === 'installation') ?? null;
}

/** `{{secret.NAME}}`: the only form that is replaced, and nothing in it is evaluated. */
const placeholder = /\{\{secret\.([A-Za-z_][A-Za-z0-9_]*)\}\}/g;

/** Names that a text asks for. */
export function secretsNamedIn(text: string): readonly string[] {
  return [...text.matchAll(placeholder)].map((match) => match[1] ?? '');
}

/** The text with its secrets in it. One that is not given stays as it stands. */
export function withSecrets(text: string, values: Readonly<Record<string, string>>): string {
  return text.replaceAll(placeholder, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );
}
