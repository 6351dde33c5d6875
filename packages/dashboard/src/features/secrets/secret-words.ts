import type { Secret, SecretInput, SecretList } from 'job-trigger-contract';

export type Provider = Secret['provider'];

/** Whose jobs may use it. */
export function scopeText({ scope, job }: Pick<Secret, 'scope' | 'job'>): string {
  if (scope === 'installation') return 'All jobs';
  return scope === 'person' ? 'Your jobs' : `Job ${job?.name ?? 'that is gone'}`;
}

export const providerLabels: Readonly<Record<Provider, string>> = {
  local: 'Kept here, sealed',
  env: 'Environment variable',
  file: 'File',
  vault: 'Vault',
  aws: 'AWS Secrets Manager',
};

/** How the reference of a provider is written. */
export const referenceHints: Readonly<
  Record<Exclude<Provider, 'local'>, { label: string; example: string; text: string }>
> = {
  env: {
    label: 'Variable',
    example: 'JOB_SECRET_DATABASE',
    text: 'Set where the workers are started; its name begins with JOB_SECRET_.',
  },
  file: { label: 'File', example: 'database-password', text: 'In the folder that secrets.folder names.' },
  aws: { label: 'Name or ARN', example: 'team/database#password', text: 'With # and a field where its value is JSON.' },
  vault: { label: 'Path', example: 'team/database#password', text: 'In the key-value store, and the field after #.' },
};

/** What a provider cannot do here; null when it can be used. */
export const offOf = (providers: SecretList['providers'], provider: Provider): string | null =>
  providers.find((one) => one.provider === provider)?.off ?? null;

export interface ValueDraft {
  readonly provider: Provider;
  readonly value: string;
  readonly reference: string;
  /** `2031-01-31`; empty for none. */
  readonly expires: string;
}

/** What is sent of it: the value, or where it lies. */
export function valueOf({ provider, value, reference, expires }: ValueDraft): Omit<SecretInput, 'name'> {
  return {
    provider,
    ...(provider === 'local' ? { value } : { reference: reference.trim() }),
    expires_at: expires === '' ? null : `${expires}T00:00:00Z`,
  };
}

export const isComplete = ({ provider, value, reference }: ValueDraft): boolean =>
  provider === 'local' ? value !== '' : reference.trim() !== '';
