import type { VaultSettings } from '../model/secret.ts';
import type { Clock } from '../system/clock.ts';

/** `path#field`; the field may be left out where there is one alone. */
const form = /^([A-Za-z0-9_][A-Za-z0-9_.@-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.@-]*){0,9})(?:#([A-Za-z0-9_.-]{1,100}))?$/;
const mostBytes = 1_048_576;

/** Why this names nothing in Vault; null when it does. */
export function refuseVaultPath(reference: string): string | null {
  return form.test(reference) && reference.length <= 500 ? null : 'needs a path such as team/database#password';
}

const meaning: Readonly<Record<number, string>> = {
  403: 'Vault refuses the token, or the token may not read this (403).',
  404: 'Vault has nothing there (404).',
  503: 'Vault is sealed, or in maintenance (503).',
};

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  if (text.length > mostBytes) throw new Error('Vault answered with more than 1 MB.');
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Error('Vault answered with something that is no JSON.');
  }
}

function entryOf(body: unknown): Readonly<Record<string, unknown>> {
  const data = (body as { readonly data?: { readonly data?: unknown } } | null)?.data?.data;
  if (typeof data !== 'object' || data === null)
    throw new Error('Vault has no value there: it was deleted, or the store is not of version 2.');
  return data as Readonly<Record<string, unknown>>;
}

function fieldOf(data: Readonly<Record<string, unknown>>, field: string | undefined): string {
  const names = Object.keys(data);
  const name = field ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined) throw new Error(`The entry has ${names.length} fields: name one, as path#field.`);
  const value: unknown = Object.hasOwn(data, name) ? data[name] : undefined;
  if (value === undefined) throw new Error(`The entry has no field ${name}.`);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** From its key-value store, version 2. @throws in a sentence that holds no value */
export async function readFromVault(
  { url, token, mount, namespace, timeoutMs }: VaultSettings,
  reference: string,
  clock: Clock,
): Promise<string> {
  const [, path, field] = form.exec(reference) ?? [];
  if (path === undefined) throw new Error(`'${reference}' is no path in Vault.`);
  const stop = new AbortController();
  const cancel = clock.after(timeoutMs, () => stop.abort());
  const headers: Record<string, string> = { 'x-vault-token': token, 'x-vault-request': 'true' };
  if (namespace !== null) headers['x-vault-namespace'] = namespace;
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}/v1/${mount}/data/${path}`, {
      headers,
      redirect: 'error',
      signal: stop.signal,
    });
    if (!response.ok) throw new Answered(meaning[response.status] ?? `Vault answered ${response.status}.`);
    return fieldOf(entryOf(await bodyOf(response)), field);
  } catch (error) {
    if (stop.signal.aborted) throw new Error(`Vault did not answer within ${timeoutMs / 1000} s.`, { cause: error });
    if (error instanceof TypeError) throw new Error(`Vault is not reached: ${causeOf(error)}.`, { cause: error });
    throw error;
  } finally {
    cancel();
  }
}

class Answered extends Error {}

function causeOf(error: TypeError): string {
  const { cause } = error as { readonly cause?: { readonly code?: string; readonly message?: string } };
  return cause?.code ?? cause?.message ?? error.message;
}
