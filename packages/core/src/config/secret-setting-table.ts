/** Settings of secrets that are not kept in the database, and of sign-in through others. */
import { records, text, type SettingDefinition } from './setting.ts';

export const secretSettingTable: readonly SettingDefinition[] = [
  {
    ...text(
      'security.former_secret_key',
      'FORMER_SECRET_KEY',
      null,
      'The `security.secret_key` before this one, until `jtp secrets rotate-key` has sealed everything anew.',
    ),
    secret: true,
  },
  text('secrets.folder', 'SECRETS_FOLDER', null, 'Folder of the provider `file`, as `/run/secrets`; off when absent.'),
  text('secrets.vault_url', 'VAULT_URL', null, 'Address of the provider `vault` (HashiCorp Vault); off when absent.'),
  { ...text('secrets.vault_token', 'VAULT_TOKEN', null, 'Token that Vault is asked with.'), secret: true },
  text('secrets.vault_mount', 'VAULT_MOUNT', 'secret', 'Where its key-value store (version 2) is mounted.'),
  text('secrets.vault_namespace', 'VAULT_NAMESPACE', null, 'Namespace of the store in Vault.'),
  text(
    'secrets.aws_region',
    'AWS_REGION',
    null,
    'Region of the provider `aws` (AWS Secrets Manager); off when absent.',
  ),
  text('secrets.aws_endpoint', 'AWS_ENDPOINT', null, 'Its address where it is not Amazon’s own.'),
  text(
    'secrets.aws_access_key_id',
    'AWS_ACCESS_KEY_ID',
    null,
    'Key it is asked with; what the machine has when absent.',
  ),
  {
    ...text('secrets.aws_secret_access_key', 'AWS_SECRET_ACCESS_KEY', null, 'The other half of that key.'),
    secret: true,
  },
  records(
    'oidc.providers',
    'OIDC_PROVIDERS',
    'Providers that people may sign in through: `name`, `issuer`, `client_id` and more of each; needs `server.public_url`.',
  ),
];
