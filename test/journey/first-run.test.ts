import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import { startPortal, type PortalProcess } from '../setup/portal-process.ts';

let portal: PortalProcess;
let browser: Browser;
beforeAll(async () => {
  [portal, browser] = await Promise.all([startPortal({ administrator: false }), openBrowser(inject('chromiumPath'))]);
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

test('from nothing to a backup that turned green, all in the browser', { timeout: 120_000 }, async () => {
  const page = await (await browser.newContext({ baseURL: portal.base })).newPage();
  const complaints = complaintsOf(page);
  const address = /https?:\/\/\S+\/setup\S*/.exec(portal.said())?.[0];
  if (address === undefined) throw new Error(`No set-up address was printed: ${portal.said()}`);

  await page.goto(address);
  await page.getByLabel(/^name/i).fill('Mei');
  await page.getByLabel(/e-?mail/i).fill('mei@example.org');
  for (const field of await page
    .getByLabel(/password/i)
    .and(page.locator('input'))
    .all())
    await field.fill('correct horse battery');
  await page.getByRole('button', { name: /create|finish|set up/i }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();

  await page.goto('/jobs/new');
  await page.getByLabel(/^name/i).first().fill('Nightly backup');
  await page
    .getByLabel(/^script/i)
    .and(page.locator('input:not([type=radio])'))
    .first()
    .fill('backup-database.mjs');
  await page
    .getByRole('button', { name: /^(create|save)/i })
    .first()
    .click();
  await page.getByRole('heading', { level: 1, name: /Nightly backup/ }).waitFor();

  await page.getByRole('button', { name: 'Run now' }).first().click();
  await page.goto('/runs');
  await page
    .getByRole('link', { name: /^Run .* of Nightly backup$/ })
    .first()
    .click();
  await page.getByText('Succeeded', { exact: true }).first().waitFor({ timeout: 30_000 });
  await page
    .getByRole('log')
    .getByText(/^Wrote .*sha256 [0-9a-f]{64}/)
    .waitFor();
  expect(complaints).toEqual([]);
});
