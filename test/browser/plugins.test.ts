import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import { writePlugins, type TestPlugins } from '../setup/plugins.ts';
import { startPortal, type PortalProcess } from '../setup/portal-process.ts';
import { expectNoBarriers } from './barriers.ts';
import { signIn } from './signed-in.ts';

let plugins: TestPlugins;
let portal: PortalProcess;
let browser: Browser;
let context: BrowserContext;
beforeAll(async () => {
  plugins = writePlugins();
  const env = { JOB_PORTAL_PLUGINS: plugins.setting };
  [portal, browser] = await Promise.all([
    startPortal({ administrator: true, env }),
    openBrowser(inject('chromiumPath')),
  ]);
  context = await signIn(browser, portal.base, { viewport: { width: 1440, height: 900 } });
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
  plugins?.remove();
});

/** Where a person looks at what a test reached; kept only when asked for. */
async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env['JTP_PICTURES'];
  if (folder === undefined) return;
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 375]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await page.waitForTimeout(300);
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}

async function startNew(page: Page, name: string, type: string): Promise<void> {
  await page.goto('/jobs/new');
  await page.getByLabel(/^name/i).first().fill(name);
  await page.getByLabel(/^type/i).selectOption({ label: type });
}

async function runFromPage(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: /^create job/i })
    .first()
    .click();
  await page.waitForURL(/\/jobs\/[0-9a-f-]{36}$/);
  await page
    .getByRole('button', { name: /^run now/i })
    .first()
    .click();
  await page.locator('main a[href^="/runs/"]').first().click();
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}/);
}

test(
  'a plugin in another language has a form made of its schema, says what is wrong by field, and runs (R-214)',
  { timeout: 240_000 },
  async () => {
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await startNew(page, 'totals', 'CSV totals');
    await page.getByText('Adds up one column of a CSV file').waitFor();
    expect(await page.getByLabel('Delimiter').inputValue()).toBe(',');
    expect(await page.getByLabel(/^Rows at least/).inputValue()).toBe('1');
    await expectNoBarriers(page);
    await picture(page, 'plugin-form');
    // What its type usually has stands in the other sections.
    expect(await page.getByLabel(/^Time-out/).inputValue()).toBe('120');

    await page.getByLabel(/^Rows at least/).fill('-1');
    await page
      .getByRole('button', { name: /^create job/i })
      .first()
      .click();
    await page.getByText('must be at least 0').first().waitFor();
    expect(await page.getByText('is needed').count()).toBeGreaterThan(0);
    await picture(page, 'plugin-refused');

    await page.getByLabel(/^File/).fill(join(plugins.folder, 'sales.csv'));
    await page.getByLabel(/^Column to add up/).fill('amount');
    await page.getByLabel(/^Grouped by/).fill('region');
    await page.getByLabel(/^Rows at least/).fill('3');
    await page
      .getByRole('group', { name: /^Other names/ })
      .getByRole('button', { name: 'Add an entry' })
      .click();
    await page.getByLabel('Name of entry 1').fill('north');
    await page.getByLabel(/^Value of entry 1/).fill('N');
    await runFromPage(page);
    await page.getByText('3 rows, 2 groups').first().waitFor({ timeout: 30_000 });
    await picture(page, 'plugin-ran');
    // The refused save is a 422, which a browser writes to its console.
    expect(complaints.filter((complaint) => !complaint.includes('422'))).toEqual([]);
    await page.close();
  },
);

test('a TypeScript plugin runs from its form, and one that is wrong says so', { timeout: 240_000 }, async () => {
  const page = await context.newPage();
  await startNew(page, 'weigh', 'Folder budget');
  await page
    .getByRole('group', { name: /^Folders/ })
    .getByRole('button', { name: 'Add an entry' })
    .click();
  await page.getByLabel('entry 1', { exact: true }).first().fill(join(plugins.folder, 'weighed'));
  await page.getByLabel(/^Budget/).fill('5');
  await runFromPage(page);
  await page.getByText('0.0 MB in 1 files').first().waitFor({ timeout: 30_000 });

  await startNew(page, 'talks', 'Chatty');
  await runFromPage(page);
  await page.getByText('Line 2 is not JSON: Working on it').first().waitFor({ timeout: 30_000 });
  await page.goto('/admin/settings');
  await page.getByText('is that of a type that comes with the product').first().waitFor();
  await picture(page, 'plugins-settings');
  await expectNoBarriers(page);
  await page.close();
});
