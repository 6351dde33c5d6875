/** Where secrets lie that are not kept in the database. */
import { JobTriggerError } from '../errors.ts';
import type { AwsSettings, SecretProviderSettings, VaultSettings } from '../model/secret.ts';
import { checkWebAddress } from './web-address.ts';

const timeoutMs = 5000;

/** @throws `configuration_invalid` for a provider without what it needs */
export function secretProviderSettings(get: <T>(key: string) => T): Omit<SecretProviderSettings, 'env'> {
  return { folder: get('secrets.folder'), vault: vaultSettings(get), aws: awsSettings(get) };
}

function wrong(key: string, message: string): never {
  throw new JobTriggerError('configuration_invalid', `${key}: ${message}`, { fields: [{ path: key, message }] });
}

function awsSettings(get: <T>(key: string) => T): AwsSettings | null {
  const region = get<string | null>('secrets.aws_region');
  if (region === null) return null;
  if (!/^[a-z0-9-]{1,50}$/.test(region)) wrong('secrets.aws_region', `'${region}' is no region, as eu-central-1`);
  const endpoint = get<string | null>('secrets.aws_endpoint');
  checkWebAddress('secrets.aws_endpoint', { value: endpoint, source: 'the settings' });
  const accessKeyId = get<string | null>('secrets.aws_access_key_id');
  const secretAccessKey = get<string | null>('secrets.aws_secret_access_key');
  if ((accessKeyId === null) !== (secretAccessKey === null))
    wrong('secrets.aws_secret_access_key', 'stands with secrets.aws_access_key_id, or neither does');
  return { region, endpoint, accessKeyId, secretAccessKey, timeoutMs };
}

function vaultSettings(get: <T>(key: string) => T): VaultSettings | null {
  const url = get<string | null>('secrets.vault_url');
  if (url === null) return null;
  checkWebAddress('secrets.vault_url', { value: url, source: 'the settings' });
  const token = get<string | null>('secrets.vault_token');
  const mount = get<string>('secrets.vault_mount');
  if (token === null) return wrong('secrets.vault_token', 'is needed with secrets.vault_url');
  if (!/^[\w.-]+(?:\/[\w.-]+)*$/.test(mount)) return wrong('secrets.vault_mount', `'${mount}' is no mount, as secret`);
  return { url, token, mount, namespace: get('secrets.vault_namespace'), timeoutMs };
}
