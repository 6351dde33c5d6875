import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBrowser } from '../setup/browser.ts';
import { administrator, startPortal, type PortalProcess } from '../setup/portal-process.ts';

let portal: PortalProcess;
let empty: PortalProcess;
let browser: Browser;
beforeAll(async () => {
  [portal, empty, browser] = await Promise.all([
    startPortal({ administrator: true }),
    startPortal({ administrator: false }),
    openBrowser(inject('chromiumPath')),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([portal?.stop(), empty?.stop()]);
});

test('whoever is not signed in is led to the sign-in, and back to the page that was asked for', async () => {
  const page = await browser.newPage({ baseURL: portal.base });
  await page.goto('/jobs?type=http');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  expect(new URL(page.url()).searchParams.get('to')).toBe('/jobs?type=http');

  await page.getByLabel('E-mail').fill(administrator.email);
  await page.getByLabel('Password').first().fill(administrator.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { name: 'Jobs', exact: true }).waitFor();
  expect(page.url()).toBe(`${portal.base}/jobs?type=http`);

  await page.getByRole('button', { name: /^Menu of / }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.goto('/');
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.close();
});

test('before the set-up every page leads to it, and its link to the overview', async () => {
  const page = await browser.newPage({ baseURL: empty.base });
  for (const path of ['/', '/jobs', '/sign-in']) {
    await page.goto(path);
    await page.getByRole('button', { name: 'Create administrator' }).waitFor();
    expect(page.url()).toBe(`${empty.base}/setup`);
  }

  const [link] = /\S+\/setup#token=\S+/.exec(empty.said()) ?? [''];
  // Pasted into the same tab, which loads nothing anew.
  await page.goto(link);
  await expect.poll(() => page.getByLabel('Set-up token').count()).toBe(0);
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Mei');
  await page.getByLabel('E-mail').fill(administrator.email);
  await page.getByLabel('Password').first().fill(administrator.password);
  await page.getByRole('button', { name: 'Create administrator' }).click();
  await page.getByRole('heading', { name: 'Overview', exact: true }).waitFor();
  await page.close();
});
