/** `oidc.providers`: whom people may sign in through. A client's secret comes from the environment or a file of its own. */
import { JobTriggerError } from '../errors.ts';
import type { OidcProvider } from '../model/identity.ts';
import { roles, type Role } from '../model/person.ts';

type Fields = Readonly<Record<string, unknown>>;

interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => string;
  readonly publicUrl: string | null;
}

const setting = 'oidc.providers';
const known = [
  'name',
  'label',
  'issuer',
  'client_id',
  'client_secret_file',
  'scopes',
  'auto_create',
  'default_role',
  'groups_claim',
  'groups',
  'allow_private',
];

function wrong(field: string, message: string): never {
  const path = field === '' ? setting : `${setting}.${field}`;
  throw new JobTriggerError('configuration_invalid', `${path}: ${message}`, { fields: [{ path, message }] });
}

/** The variable that holds the secret of a provider's client; with `_FILE` behind it, the path of a file that does. */
export function clientSecretVariable(name: string): string {
  return `JOB_PORTAL_OIDC_${name.toUpperCase().replaceAll('-', '_')}_CLIENT_SECRET`;
}

function textOf(fields: Fields, place: string, key: string): string | null {
  const value = fields[key];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string' || value.trim() === '') return wrong(`${place}.${key}`, 'must be a text');
  return value.trim();
}

function flagOf(fields: Fields, place: string, key: string): boolean {
  const value = fields[key] ?? false;
  return typeof value === 'boolean' ? value : wrong(`${place}.${key}`, 'must be true or false');
}

/** As tokens say it: https, or http on the machine itself for a try. */
function issuerOf(fields: Fields, place: string): string {
  const text = neededText(fields, place, 'issuer');
  const url = URL.canParse(text) ? new URL(text) : null;
  const isHere = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
  if (
    url === null ||
    url.search !== '' ||
    url.hash !== '' ||
    !(url.protocol === 'https:' || (isHere && url.protocol === 'http:'))
  )
    wrong(`${place}.issuer`, 'must be an address such as https://sign-in.example.org');
  return text;
}

function scopesOf(fields: Fields, place: string): readonly string[] {
  const value = fields['scopes'] ?? ['openid', 'email', 'profile'];
  if (
    !Array.isArray(value) ||
    !value.every((scope): scope is string => typeof scope === 'string' && /^\S+$/.test(scope))
  )
    return wrong(`${place}.scopes`, 'must be a list of texts');
  return value.includes('openid') ? value : ['openid', ...value];
}

function roleOf(value: unknown, place: string): Role {
  return roles.find((role) => role === value) ?? wrong(place, `must be one of ${roles.join(', ')}`);
}

function groupsOf(fields: Fields, place: string): ReadonlyMap<string, Role | 'approver'> {
  const value = fields['groups'] ?? {};
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return wrong(`${place}.groups`, 'must name a role for each group');
  return new Map(
    Object.entries(value).map(([group, given]) => [
      group,
      given === 'approver' ? given : roleOf(given, `${place}.groups.${group}`),
    ]),
  );
}

function secretOf(name: string, file: string | null, { env, readFile }: Sources): string | null {
  const variable = clientSecretVariable(name);
  const value = env[variable];
  if (value !== undefined && value !== '') return value;
  const path = env[`${variable}_FILE`] ?? file;
  if (path === null || path === '') return null;
  try {
    return readFile(path).replace(/\r?\n$/, '');
  } catch {
    return wrong(`${name}.client_secret_file`, `${path} cannot be read`);
  }
}

function namedFields(value: unknown, at: number): { readonly fields: Fields; readonly name: string } {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return wrong(String(at), 'must hold keys with values');
  const fields = value as Fields;
  const name = textOf(fields, String(at), 'name') ?? '';
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) wrong(`${at}.name`, 'must be 1 to 40 of a-z, 0-9 and -');
  for (const key of Object.keys(fields))
    if (!known.includes(key)) wrong(`${name}.${key}`, 'is no setting of a provider');
  return { fields, name };
}

function neededText(fields: Fields, place: string, key: string): string {
  return textOf(fields, place, key) ?? wrong(`${place}.${key}`, 'is missing');
}

function rightsOf(fields: Fields, place: string): Pick<OidcProvider, 'defaultRole' | 'groupsClaim' | 'groups'> {
  const given = fields['default_role'] ?? 'viewer';
  const groupsClaim = textOf(fields, place, 'groups_claim');
  const groups = groupsOf(fields, place);
  if (groups.size > 0 && groupsClaim === null) wrong(`${place}.groups_claim`, 'must name the claim that lists groups');
  return { defaultRole: given === 'none' ? null : roleOf(given, `${place}.default_role`), groupsClaim, groups };
}

function providerOf(value: unknown, at: number, sources: Sources): OidcProvider {
  const { fields, name } = namedFields(value, at);
  return {
    name,
    label: textOf(fields, name, 'label') ?? name,
    issuer: issuerOf(fields, name),
    clientId: neededText(fields, name, 'client_id'),
    clientSecret: secretOf(name, textOf(fields, name, 'client_secret_file'), sources),
    scopes: scopesOf(fields, name),
    autoCreate: flagOf(fields, name, 'auto_create'),
    ...rightsOf(fields, name),
    allowPrivate: flagOf(fields, name, 'allow_private'),
  };
}

/** @throws `configuration_invalid` naming the provider and the field */
export function oidcProviders(records: readonly unknown[], sources: Sources): readonly OidcProvider[] {
  const providers = records.map((record, at) => providerOf(record, at, sources));
  const names = providers.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) wrong(twice, 'stands there twice');
  if (providers.length > 0 && sources.publicUrl === null)
    wrong('', 'needs server.public_url: providers send people back there');
  return providers;
}
