import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import type { PortalProcess } from '../setup/portal-process.ts';
import { picturesOf } from './pictures.ts';
import { ranJob, signIn, startSignedIn } from './signed-in.ts';

let portal: PortalProcess;
let browser: Browser;
beforeAll(async () => {
  [portal, browser] = await Promise.all([startSignedIn(), openBrowser(inject('chromiumPath'))]);
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

const failing = "console.error('Error: no such file: /data/prices.csv');\nprocess.exit(3);\n";

const focused = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => document.activeElement?.querySelector('h2')?.textContent ?? undefined);

test.each([
  ['light', 1440],
  ['dark', 1440],
  ['light', 375],
  ['dark', 375],
] as const)(
  'by keyboard alone, from a failure to green: found, read, retried once the script is mended (%s, %i px)',
  { timeout: 120_000 },
  async (colorScheme, width) => {
    const context = await signIn(browser, portal.base, { colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    const picture = picturesOf(page, { of: 'attention', look: `${colorScheme}-${width}` });
    const keys = page.keyboard;
    const name = `nightly-${colorScheme}-${width}`;
    const other = `weekly-${colorScheme}-${width}`;
    await ranJob(context, portal, other, failing);
    await ranJob(context, portal, name, failing);

    await page.goto('/');
    await page.getByRole('heading', { name: 'Overview' }).waitFor();
    await page.getByRole('link', { name: `${name} failed` }).waitFor();
    await keys.press('g');
    await keys.press('a');
    await page.getByRole('heading', { name: 'Attention', level: 1 }).waitFor();
    await page.getByRole('heading', { name: `${other} failed` }).waitFor();
    await expect.poll(() => page.title()).toBe('(2) Attention · Job Trigger Portal');

    await keys.press('j');
    expect(await focused(page)).toBe(`${name} failed`);
    await keys.press('Enter');
    await page.getByText('none that is kept').waitFor();
    await picture('open');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);

    // The other is put off: it leaves the list, and can be brought back.
    await keys.press('j');
    expect(await focused(page)).toBe(`${other} failed`);
    await keys.press('a');
    await page.getByText('seen by').waitFor();
    await keys.press('s');
    await page.locator('[role=menuitem]:focus', { hasText: 'For 1 hour' }).waitFor();
    await keys.press('Enter');
    await page.getByRole('heading', { name: `${other} failed` }).waitFor({ state: 'hidden' });

    // Mended outside of the page; from here on the stream alone tells it.
    writeFileSync(join(portal.dataDir, 'scripts', `${name}.mjs`), "console.log('fine');\n");
    await keys.press('k');
    await keys.press('r');
    await page.getByText('1 run starts again').first().waitFor();
    await page.getByText('Nothing needs attention. Checked').waitFor();
    await expect.poll(() => page.title()).toBe('Attention · Job Trigger Portal');
    await picture('green');
    await page.goto('/attention?state=resolved');
    await page.getByText(`Ended by itself. A run of ${name} that`).waitFor();
    await picture('resolved');
    await keys.press('?');
    await page.getByText('In Attention: acknowledge').waitFor();
    await picture('keys');
    // Whatever is put off would be found by the next round.
    const { items } = (await (await context.request.get('/api/attention?state=snoozed')).json()) as {
      readonly items: readonly { readonly id: string }[];
    };
    for (const { id } of items)
      await context.request.post(`/api/attention/${id}/resolve`, {
        headers: { 'x-jtp-csrf': '1', origin: portal.base },
        data: {},
      });
    expect(complaints).toEqual([]);
    await context.close();
  },
);
