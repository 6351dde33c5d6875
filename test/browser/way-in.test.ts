import { createClient, fetchTransport, type DeviceStarted } from 'job-trigger-contract';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import { administrator, startPortal, type PortalProcess } from '../setup/portal-process.ts';
import { picturesOf } from './pictures.ts';

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

/** As it is seen on a desk and on a phone, by day and by night. */
async function pictures(page: Page, name: string): Promise<void> {
  if (process.env['JTP_TEST_PICTURES'] === undefined) return;
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [1440, 375]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await picturesOf(page, { of: 'device', look: `${width}-${colorScheme}` })(name);
    }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}

test('a command line is let in by its code, which is kept over the sign-in; another is refused', async () => {
  const stranger = createClient(fetchTransport({ base: portal.base }));
  const begin = (host: string) => stranger.startDevice({ body: { client: 'jtp/1.2.0', host } });
  const tokensOf = ({ device_code }: DeviceStarted) => stranger.deviceTokens({ body: { device_code } });
  const [wanted, unwanted] = [await begin('build-3'), await begin('elsewhere')];
  const page = await browser.newPage({ baseURL: portal.base });
  const complaints = complaintsOf(page);
  await page.goto(wanted.verification_uri_complete);
  await page.getByLabel('E-mail').fill(administrator.email);
  await page.getByLabel('Password').first().fill(administrator.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByText(wanted.user_code, { exact: true }).waitFor();
  await page.getByText('build-3').waitFor();
  await pictures(page, 'asks');
  await page.getByRole('button', { name: 'Allow' }).click();
  await page.getByText('You can go back to the terminal.').waitFor();
  await pictures(page, 'allowed');
  expect(await tokensOf(wanted)).toMatchObject({ token_type: 'Bearer' });

  await page.getByRole('link', { name: 'profile' }).click();
  await page.getByRole('button', { name: 'End the sign-in of jtp on build-3' }).first().waitFor();
  await pictures(page, 'profile');
  await page.getByRole('link', { name: 'confirm its code' }).click();
  await pictures(page, 'field');
  await page.getByLabel('Code').fill(wanted.user_code);
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('No command line waits under this code.').waitFor();
  await pictures(page, 'unknown');
  await page.getByRole('button', { name: 'Enter another code' }).click();
  await page.getByLabel('Code').fill(unwanted.user_code.toLowerCase().replace('-', ' '));
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('elsewhere').waitFor();
  await page.getByRole('button', { name: 'Deny' }).click();
  await page.getByText('Refused.').waitFor();
  await pictures(page, 'denied');
  await expect(tokensOf(unwanted)).rejects.toMatchObject({ code: 'access_denied' });
  expect(complaints.filter((complaint) => !complaint.includes('404'))).toEqual([]);
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
