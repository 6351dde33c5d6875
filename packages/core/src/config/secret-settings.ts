/** Where secrets lie that are not kept in the database. */
import { JobTriggerError } from '../errors.ts';
import type { SecretProviderSettings, VaultSettings } from '../model/secret.ts';
import { checkWebAddress } from './web-address.ts';

const vaultTimeoutMs = 5000;

/** @throws `configuration_invalid` for a Vault without what it needs */
export function secretProviderSettings(get: <T>(key: string) => T): Omit<SecretProviderSettings, 'env'> {
  return { folder: get('secrets.folder'), vault: vaultSettings(get) };
}

function vaultSettings(get: <T>(key: string) => T): VaultSettings | null {
  const url = get<string | null>('secrets.vault_url');
  if (url === null) return null;
  checkWebAddress('secrets.vault_url', { value: url, source: 'the settings' });
  const token = get<string | null>('secrets.vault_token');
  const mount = get<string>('secrets.vault_mount');
  const wrong = (key: string, message: string): never => {
    throw new JobTriggerError('configuration_invalid', `${key}: ${message}`, { fields: [{ path: key, message }] });
  };
  if (token === null) return wrong('secrets.vault_token', 'is needed with secrets.vault_url');
  if (!/^[\w.-]+(?:\/[\w.-]+)*$/.test(mount)) return wrong('secrets.vault_mount', `'${mount}' is no mount, as secret`);
  return { url, token, mount, namespace: get('secrets.vault_namespace'), timeoutMs: vaultTimeoutMs };
}
