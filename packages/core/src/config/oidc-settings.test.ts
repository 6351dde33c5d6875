import { describe, expect, test } from 'vitest';
import { loadConfig } from './load-config.ts';

const acme = { name: 'acme-1', issuer: 'https://id.example/realms/x', client_id: 'portal' };
const files: Readonly<Record<string, string>> = { '/run/acme': 'from a file\n' };

function loaded(
  providers: readonly unknown[],
  env: Readonly<Record<string, string>> = {},
  publicUrl: string | null = 'https://jobs.example.org',
) {
  return loadConfig({
    file: { path: 'c.yaml', values: { server: { public_url: publicUrl }, oidc: { providers } } },
    env,
    flags: {},
    cwd: '/',
    readFile: (path) => {
      const text = files[path];
      if (text === undefined) throw new Error('none');
      return text;
    },
  });
}

const secretOf = (provider: object, env?: Readonly<Record<string, string>>) =>
  loaded([provider], env).values.oidcProviders[0]?.clientSecret;

describe('providers of sign-in', () => {
  test('are described shortly, and the rest is careful', () => {
    expect(loaded([acme]).values.oidcProviders).toEqual([
      {
        name: 'acme-1',
        label: 'acme-1',
        issuer: acme.issuer,
        clientId: 'portal',
        clientSecret: null,
        scopes: ['openid', 'email', 'profile'],
        autoCreate: false,
        defaultRole: 'viewer',
        groupsClaim: null,
        groups: new Map(),
        allowPrivate: false,
      },
    ]);
    const more = {
      groups_claim: 'groups',
      groups: { a: 'admin', b: 'approver' },
      default_role: 'none',
      scopes: ['email'],
    };
    expect(loaded([{ ...acme, ...more }]).values.oidcProviders[0]).toMatchObject({
      defaultRole: null,
      scopes: ['openid', 'email'],
      groups: new Map([
        ['a', 'admin'],
        ['b', 'approver'],
      ]),
    });
  });

  test('have their secret from the environment or a file, and no list of settings shows it', () => {
    const variable = 'JOB_PORTAL_OIDC_ACME_1_CLIENT_SECRET';
    expect(secretOf(acme, { [variable]: 'from the environment' })).toBe('from the environment');
    expect(secretOf(acme, { [`${variable}_FILE`]: '/run/acme' })).toBe('from a file');
    expect(secretOf({ ...acme, client_secret_file: '/run/acme' })).toBe('from a file');
    const { list } = loaded([acme], { [variable]: 'from the environment' });
    expect(JSON.stringify(list)).not.toContain('from the environment');
    expect(() => secretOf({ ...acme, client_secret_file: '/run/none' })).toThrow('cannot be read');
  });

  test.each([
    [{ ...acme, client_secret: 'here' }, 'client_secret', 'is no setting'],
    [{ ...acme, name: 'A B' }, 'name', 'a-z'],
    [{ ...acme, issuer: 'http://id.example' }, 'issuer', 'https://'],
    [{ ...acme, issuer: 'https://id.example/?x=1' }, 'issuer', 'https://'],
    [{ ...acme, client_id: undefined }, 'client_id', 'is missing'],
    [{ ...acme, auto_create: 'yes' }, 'auto_create', 'true or false'],
    [{ ...acme, default_role: 'chief' }, 'default_role', 'viewer'],
    [{ ...acme, groups_claim: 'g', groups: { a: 'chief' } }, 'groups.a', 'viewer'],
    [{ ...acme, groups: { a: 'admin' } }, 'groups_claim', 'lists groups'],
    [{ ...acme, scopes: 'openid' }, 'scopes', 'list'],
    ['acme', 'oidc.providers.0', 'keys'],
  ])('%j is refused, naming %s', (provider, key, words) => {
    expect(() => loaded([provider])).toThrow(new RegExp(`${key}.*${words}`));
  });

  test('stand there once each, and only where people can be sent back to', () => {
    expect(() => loaded([acme, acme])).toThrow('twice');
    expect(() => loaded([acme], {}, null)).toThrow('server.public_url');
  });
});
