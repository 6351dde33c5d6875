import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { resolve } from 'node:path';
import { startTestPortal, type TestPortal } from '../../packages/portal/src/test-portal.ts';
import { startTestProvider, type TestProvider } from '../../packages/portal/src/test-provider.ts';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import { picturesOf } from './pictures.ts';

/** Where people reach the portal, as its settings have it: what stands before it is played by the browser's routes. */
const publicUrl = 'https://jobs.example.org';

let provider: TestProvider;
let portal: TestPortal;
let browser: Browser;
beforeAll(async () => {
  provider = await startTestProvider();
  const { issuer, clientId, clientSecret } = provider;
  const providers = [{ name: 'acme', label: 'Acme', issuer, client_id: clientId, allow_private: true }];
  const env = {
    JOB_PORTAL_PUBLIC_URL: publicUrl,
    JOB_PORTAL_OIDC_PROVIDERS: JSON.stringify(providers),
    JOB_PORTAL_OIDC_ACME_CLIENT_SECRET: clientSecret,
  };
  [portal, browser] = await Promise.all([
    startTestPortal('SQLite', '', resolve(import.meta.dirname, '../../packages/dashboard/dist'), null, null, env),
    openBrowser(inject('chromiumPath')),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await portal?.close();
  await provider?.close();
});

/** Sends whoever goes to the public address on to the portal, as a proxy would. */
async function behindProxy(context: BrowserContext): Promise<BrowserContext> {
  await context.route(`${publicUrl}/**`, (route) => {
    const { pathname, search } = new URL(route.request().url());
    return route.fulfill({ status: 302, headers: { location: `${portal.base}${pathname}${search}` } });
  });
  return context;
}

async function pictured(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [375, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await picturesOf(page, { of: 'oidc', look: `${colorScheme}-${width}` })(name);
    }
}

test('somebody accepts an invitation with a provider’s button, and comes back by it to the page they wanted', async () => {
  const { path } = await portal.client.invite({ body: { email: 'tom@example.org', role: 'viewer' } });
  provider.says('tom', { name: 'Tom Baker', preferred_username: 'tbaker' });

  const context = await behindProxy(await browser.newContext({ baseURL: portal.base }));
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(path);
  await page.getByRole('button', { name: 'Accept with Acme' }).waitFor();
  await pictured(page, 'invitation');
  await page.getByRole('button', { name: 'Accept with Acme' }).click();
  await page.getByRole('link', { name: 'Go on as tom' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  expect(page.url()).toBe(`${portal.base}/`);

  await page.goto('/profile');
  await page.getByText('your only way in').first().waitFor();
  expect(await page.getByLabel('Current password').count()).toBe(0);
  await pictured(page, 'profile');
  await context.clearCookies();

  await page.goto('/jobs?tag=db');
  await page.getByRole('button', { name: 'Sign in with Acme' }).waitFor();
  await pictured(page, 'sign-in');
  await page.getByRole('button', { name: 'Sign in with Acme' }).click();
  await page.getByRole('link', { name: 'Go on as tom' }).click();
  await page.getByRole('heading', { level: 1, name: 'Jobs' }).waitFor();
  expect(page.url()).toContain('/jobs?tag=db');
  expect(complaints).toEqual([]);

  await context.clearCookies();
  provider.says('stranger');
  await page.goto('/sign-in');
  await page.getByRole('button', { name: 'Sign in with Acme' }).click();
  await page.getByRole('link', { name: 'Go on as stranger' }).click();
  await page.getByText('An administrator must invite you').waitFor();
  expect(page.url()).toBe(`${portal.base}/sign-in/acme`);
  await pictured(page, 'unknown');
  await page.getByRole('link', { name: 'Back to sign-in' }).click();
  await page.getByRole('button', { name: 'Sign in with Acme' }).waitFor();
});

test('an administrator saves what names a person, and erases them by writing their address (R-186)', async () => {
  const { person } = await portal.someone('viewer');
  const context = await browser.newContext({ baseURL: portal.base });
  const body = { email: 'mei@example.org', password: 'correct horse battery' };
  await context.request.post('/api/auth/login', { data: body, headers: { origin: portal.base } });
  const page = await context.newPage();
  await page.goto('/admin/users');
  const menu = page.getByRole('button', { name: `Change ${person.name}` }).first();
  await menu.click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Save all that names them' }).click();
  const text = await (await download).createReadStream();
  let saved = '';
  for await (const part of text) saved += String(part);
  expect(JSON.parse(saved)).toMatchObject({ user: { email: person.email }, cut: [] });
  await menu.click();
  await page.getByRole('menuitem', { name: 'Erase person …' }).click();
  const erase = page.getByRole('button', { name: 'Erase', exact: true });
  expect(await erase.isDisabled()).toBe(true);
  await page.getByLabel('Mail address of the account').fill(person.email);
  await pictured(page, 'erase');
  await erase.click();
  await page.getByText('The person is erased.').waitFor();
  await page.getByText(person.email).first().waitFor({ state: 'detached' });
});
