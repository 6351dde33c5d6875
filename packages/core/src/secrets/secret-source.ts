/** Finds the value of a secret, wherever its provider keeps it. */
import { JobTriggerError } from '../errors.ts';
import { secretPlace } from '../model/sealed-place.ts';
import { longestSecretBytes, type Secret, type SecretProvider, type SecretProviderSettings } from '../model/secret.ts';
import type { Clock } from '../system/clock.ts';
import { awsReader } from './from-aws.ts';
import { readFromEnv } from './from-env.ts';
import { readFromFile } from './from-file.ts';
import { readFromVault } from './from-vault.ts';
import type { SecretBox } from './secret-box.ts';

export interface SecretSource {
  /** @throws `secret_unreadable` in a sentence that names the secret and what is wrong; never an empty value */
  read(secret: Secret): Promise<string>;
  /** Why nothing can be read from a provider here; null when it may be tried. */
  refusal(provider: SecretProvider): string | null;
  /** Why it cannot be read here, as far as that is known without asking another store; null when nothing is. */
  problem(secret: Secret): string | null;
}

export interface SecretSourceOptions {
  readonly box: SecretBox;
  readonly settings: SecretProviderSettings;
  readonly clock: Clock;
}

type Read = (reference: string) => string | Promise<string>;

export const noProviders: SecretProviderSettings = { env: {}, folder: null, vault: null, aws: null };

export function secretSource({ box, settings, clock }: SecretSourceOptions): SecretSource {
  const { env, folder, vault, aws } = settings;
  const readers: Readonly<Record<Exclude<SecretProvider, 'local'>, Read | string>> = {
    env: (reference) => readFromEnv(env, reference),
    file: folder === null ? 'secrets.folder is not set' : (reference) => readFromFile(folder, reference),
    vault: vault === null ? 'secrets.vault_url is not set' : (reference) => readFromVault(vault, reference, clock),
    aws: aws === null ? 'secrets.aws_region is not set' : awsReader(aws, clock),
  };

  function refusal(provider: SecretProvider): string | null {
    if (provider === 'local') return null;
    const reader = readers[provider];
    return typeof reader === 'string' ? reader : null;
  }

  async function valueOf(secret: Secret): Promise<string> {
    if (secret.provider === 'local') {
      if (secret.sealed === null) throw new Error('It has no value.');
      return box.open(secret.sealed, secretPlace(secret));
    }
    const reader = readers[secret.provider];
    if (typeof reader === 'string') throw new Error(`${reader}.`);
    return reader(secret.reference ?? '');
  }

  function problem(secret: Secret): string | null {
    const off = refusal(secret.provider);
    if (off !== null) return `${secret.provider} is off: ${off}.`;
    if (secret.provider !== 'local') return null;
    try {
      box.open(secret.sealed ?? '', secretPlace(secret));
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }

  return {
    refusal,
    problem,
    async read(secret) {
      try {
        const value = await valueOf(secret);
        if (value === '') throw new Error('Its value is empty.');
        if (Buffer.byteLength(value) > longestSecretBytes)
          throw new Error(`Its value has more than ${longestSecretBytes} bytes.`);
        return value;
      } catch (cause) {
        const message = `The secret ${secret.name} cannot be read (${secret.provider}): ${(cause as Error).message}`;
        throw new JobTriggerError('secret_unreadable', message, {}, { cause });
      }
    },
  };
}
