import type { SecretProvider } from '../model/secret.ts';
import { refuseAwsName } from './from-aws.ts';
import { refuseVariableName } from './from-env.ts';
import { refuseFileName } from './from-file.ts';
import { refuseVaultPath } from './from-vault.ts';

const refusals: Readonly<Record<Exclude<SecretProvider, 'local'>, (reference: string) => string | null>> = {
  env: refuseVariableName,
  file: refuseFileName,
  vault: refuseVaultPath,
  aws: refuseAwsName,
};

/** Why this cannot be where a provider finds a value; null when it can. */
export function refusalOfReference(provider: Exclude<SecretProvider, 'local'>, reference: string): string | null {
  return refusals[provider](reference);
}
