import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import type { PortalProcess } from '../setup/portal-process.ts';
import { headersOf, signIn, startSignedIn } from './signed-in.ts';

const patient = { timeout: 30_000 };

let portal: PortalProcess;
let browser: Browser;
beforeAll(async () => {
  [portal, browser] = await Promise.all([startSignedIn(), openBrowser(inject('chromiumPath'))]);
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

/** A job that waits for those of these ids. */
async function job(context: BrowserContext, name: string, jobs: readonly string[] = []): Promise<string> {
  writeFileSync(join(portal.dataDir, 'scripts', 'nothing.mjs'), '');
  const answer = await context.request.post('/api/jobs', {
    data: {
      name,
      type: 'script',
      config: { script: 'nothing.mjs' },
      ...(jobs.length === 0 ? {} : { depends_on: { mode: 'all_success', jobs } }),
    },
    headers: headersOf(portal.base),
  });
  if (!answer.ok()) throw new Error(`The job was refused: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
}

test('a graph of nothing says what will be here; a diamond is drawn, listed and walked by the keyboard (R-125, R-268)', async () => {
  const context = await signIn(browser, portal.base, { viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto('/graph');
  await page.getByText('No job waits for another yet.').waitFor();

  const extract = await job(context, 'extract');
  const left = await job(context, 'left', [extract]);
  const right = await job(context, 'right', [extract]);
  await job(context, 'report', [left, right]);
  await page.goto('/graph');
  await expect.poll(() => page.locator('.react-flow__node').count(), patient).toBe(4);
  await expect.poll(() => page.locator('.react-flow__edge').count(), patient).toBe(4);

  await page.getByRole('radio', { name: 'List' }).press('Space');
  const list = page.getByRole('list', { name: 'Jobs by what they wait for' });
  expect(await list.getByRole('button').allInnerTexts()).toEqual(['extract', 'left', 'report', 'right', 'report']);
  expect(await list.getByText('waits for left, right: all succeed').count()).toBe(1);
  await list.getByRole('button', { name: 'right' }).press('Enter');
  await page.getByRole('heading', { level: 2, name: 'right' }).waitFor();
  await page.getByText('1 before it, 1 after it').waitFor();
  await page.getByRole('switch', { name: 'Only what belongs to the chosen job' }).press('Space');
  await expect.poll(() => list.getByRole('button').allInnerTexts(), patient).toEqual(['extract', 'right', 'report']);
  await page.getByRole('link', { name: 'Open the job' }).press('Enter');
  await page.getByRole('heading', { level: 1, name: 'right' }).waitFor();
  expect(complaints).toEqual([]);
  await context.close();
});

test('a box of the drawing is reached and chosen by the keyboard', async () => {
  const context = await signIn(browser, portal.base, { viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.goto('/graph');
  await page.getByRole('group', { name: /^left/ }).press('Enter');
  await page.getByRole('heading', { level: 2, name: 'left' }).waitFor();
  await context.close();
});
