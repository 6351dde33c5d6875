import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import type { PortalProcess } from '../setup/portal-process.ts';
import { picturesOf } from './pictures.ts';
import { headersOf, opened, ranJob, signIn, startSignedIn, type Made } from './signed-in.ts';

let portal: PortalProcess;
let browser: Browser;
let admin: BrowserContext;
let job: Made;
beforeAll(async () => {
  [portal, browser] = await Promise.all([startSignedIn(), openBrowser(inject('chromiumPath'))]);
  admin = await signIn(browser, portal.base);
  job = await ranJob(admin, portal, 'nightly', "console.log('fine');\n");
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

/** Somebody who was invited and came. */
async function invited(name: string, role: string): Promise<BrowserContext> {
  const headers = headersOf(portal.base);
  const asked = await admin.request.post('/api/invitations', {
    data: { email: `${name.toLowerCase()}@example.org`, role },
    headers,
  });
  const { token } = (await asked.json()) as { token: string };
  const context = await browser.newContext({ baseURL: portal.base });
  const own = { token, name, password: 'correct horse battery', timezone: 'UTC' };
  const came = await context.request.post('/api/auth/invitation/accept', { data: own, headers });
  if (!came.ok()) throw new Error(`${name} was refused: ${await came.text()}`);
  return context;
}

const looks = [
  { look: 'wide', options: { viewport: { width: 1440, height: 900 } } },
  { look: 'wide-dark', options: { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' } },
  { look: 'phone', options: { viewport: { width: 375, height: 740 } } },
  { look: 'phone-dark', options: { viewport: { width: 375, height: 740 }, colorScheme: 'dark' } },
] as const;

/** Leaves pictures of what a page has come to, when pictures are asked for. */
async function pictured(path: string, name: string, shows: string): Promise<void> {
  if (process.env['JTP_TEST_PICTURES'] === undefined) return;
  for (const { look, options } of looks) {
    const context = await signIn(browser, portal.base, options);
    const page = await opened(context, path);
    await page.getByText(shows).filter({ visible: true }).first().waitFor();
    await picturesOf(page, { of: 'sharing', look })(name);
    await context.close();
  }
}

test('a team is made, a job is shared with it and explained, and seen for as long (R-046, R-177)', async () => {
  const noor = await invited('Noor', 'operator');
  const path = `/jobs/${job.jobId}?tab=sharing`;
  const seen = await opened(noor, '/jobs');
  await seen.getByText('No jobs yet.').first().waitFor();
  expect(await seen.getByText('nightly').count()).toBe(0);
  await seen.goto(`/jobs/${job.jobId}`);
  await seen.getByText('There is no such job').first().waitFor();

  const page = await opened(admin, '/admin/teams');
  const complaints = complaintsOf(page);
  await page.getByText('No team yet').waitFor();
  await page.getByRole('button', { name: 'Add team' }).click();
  await page.getByLabel('Name').fill('Night shift');
  await page.getByLabel('Members').first().fill('noor@example.org');
  await page.keyboard.press('Enter');
  await picturesOf(page, { of: 'sharing', look: 'wide' })('add-team');
  await page.getByRole('dialog').getByRole('button', { name: 'Add team' }).click();
  await page.getByRole('button', { name: 'Change Night shift' }).first().waitFor();
  await pictured('/admin/teams', 'teams', 'Night shift');

  await page.goto(path);
  await page.getByText('Shared with nobody').waitFor();
  await page.getByLabel('Share with').selectOption('team');
  await page.getByLabel('To', { exact: true }).selectOption('run');
  await page.getByRole('button', { name: 'Share', exact: true }).click();
  await page.getByRole('button', { name: 'End the share with Night shift' }).first().waitFor();
  await page.getByLabel('E-mail address of a person').fill('noor@example.org');
  await page.getByRole('button', { name: 'Explain' }).click();
  await page.getByText('Noor may see and run it: it is shared with their team Night shift to run.').waitFor();
  await pictured(path, 'tab', 'Night shift');

  await seen.goto(path);
  await seen.getByText('Noor may see and run it').waitFor();
  expect(await seen.getByRole('button', { name: 'Run now' }).first().isDisabled()).toBe(false);
  expect(await seen.getByRole('button', { name: 'Give away' }).isDisabled()).toBe(true);
  expect(await seen.getByLabel('Share with').count()).toBe(0);
  await picturesOf(seen, { of: 'sharing', look: 'wide' })('tab-as-runner');

  await page.getByRole('button', { name: 'End the share with Night shift' }).first().click();
  await page.getByText('Shared with nobody').waitFor();
  await seen.reload();
  await seen.getByText('There is no such job').first().waitFor();

  await page.getByRole('button', { name: 'Give away' }).click();
  await page.getByLabel('E-mail address of the new owner').fill('noor@example.org');
  await picturesOf(page, { of: 'sharing', look: 'wide' })('give');
  await page.getByRole('dialog').getByRole('button', { name: 'Give away' }).click();
  await page.getByText('owner Noor').waitFor();
  await page.goto('/admin/teams');
  await page.getByRole('button', { name: 'Remove Night shift' }).first().click();
  await page.getByRole('button', { name: 'Remove team' }).click();
  await page.getByText('No team yet').waitFor();
  expect(complaints).toEqual([]);
  await noor.close();
  await page.close();
});
