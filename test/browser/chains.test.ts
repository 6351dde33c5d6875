/** What a job takes from those it waits for, and a run with what follows it: as a person meets them. */
import { AxeBuilder } from '@axe-core/playwright';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import type { PortalProcess } from '../setup/portal-process.ts';
import { headersOf, ranJob, signIn, startSignedIn } from './signed-in.ts';

const patient = { timeout: 30_000 };

let portal: PortalProcess;
let browser: Browser;
let context: BrowserContext;
beforeAll(async () => {
  [portal, browser] = await Promise.all([startSignedIn(), openBrowser(inject('chromiumPath'))]);
  context = await signIn(browser, portal.base, { viewport: { width: 1440, height: 900 } });
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

/** Where a person looks at what a test reached; kept only when asked for. */
async function picture(page: Page, name: string, of?: Locator): Promise<void> {
  const folder = process.env['JTP_PICTURES'];
  if (folder === undefined) return;
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1440, 375]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await of?.scrollIntoViewIfNeeded();
      await page.waitForTimeout(300);
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}

test('a job takes a value from the result of another, and a run is repeated with what follows', async () => {
  const tells = `import { writeFileSync } from 'node:fs';
writeFileSync(process.env.JTP_RESULT_FILE, JSON.stringify({ files: ['/backup/1'] }));`;
  const { jobId, runId } = await ranJob(context, portal, 'dump', tells);
  writeFileSync(join(portal.dataDir, 'scripts', 'nothing.mjs'), '');
  const answer = await context.request.post('/api/jobs', {
    data: {
      name: 'prune',
      type: 'script',
      config: { script: 'nothing.mjs' },
      parameters: [{ name: 'file', required: true }],
      depends_on: { jobs: [jobId] },
    },
    headers: headersOf(portal.base),
  });
  const { id } = (await answer.json()) as { id: string };

  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(`/jobs/${id}/edit`);
  await page.getByRole('button', { name: 'Add a value' }).click();
  const value = page.getByRole('region', { name: 'Value 1' });
  await value.getByLabel('Field').fill('files..0');
  await page.getByRole('button', { name: 'Save' }).first().click();
  await value.getByText('is no path such as').waitFor();
  await value.getByLabel('Field').fill('files.0');
  await picture(page, 'pass-fields', value);
  const { violations } = await new AxeBuilder({ page }).include('#field-depends_on\\.pass').analyze();
  expect(violations.map(({ id: rule }) => rule)).toEqual([]);
  await page.getByRole('button', { name: 'Save' }).first().click();
  await page.waitForURL(`**/jobs/${id}`);
  await page.goto(`/jobs/${id}?tab=dependencies`);
  await page.getByText('Its parameter file takes files.0 from the result of dump.').waitFor();
  await picture(page, 'passed');

  await page.goto(`/runs/${runId}`);
  await page.getByRole('button', { name: 'Run again', exact: true }).click();
  await picture(page, 'again-menu');
  await page.getByRole('menuitem', { name: 'With what follows' }).click();
  const chain = page.locator('[data-part="chain"]');
  await expect.poll(() => chain.getByRole('row').count(), patient).toBe(3);
  await chain.getByRole('row').nth(2).getByRole('link').nth(1).click();
  await page.getByRole('tab', { name: 'Parameters' }).click();
  await page.getByText('/backup/1').first().waitFor();
  // The wrong path was refused.
  expect(complaints.filter((said) => !said.includes('422'))).toEqual([]);
});
