import type { Browser } from 'playwright-core';
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import type { PortalProcess } from '../setup/portal-process.ts';
import { picturesOf } from './pictures.ts';
import { headersOf, signIn, startSignedIn } from './signed-in.ts';

let portal: PortalProcess;
let browser: Browser;
beforeAll(async () => {
  [portal, browser] = await Promise.all([startSignedIn(), openBrowser(inject('chromiumPath'))]);
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

test.each([
  ['light', 1440],
  ['dark', 1440],
  ['light', 375],
  ['dark', 375],
] as const)(
  'maintenance is set with its cost in view, told on every page, and ended there (%s, %i px)',
  { timeout: 120_000 },
  async (colorScheme, width) => {
    const context = await signIn(browser, portal.base, { colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    const picture = picturesOf(page, { of: '', look: `${colorScheme}-${width}` });
    const name = `hourly-${colorScheme}-${width}`;
    const made = await context.request.post('/api/jobs', {
      headers: headersOf(portal.base),
      data: {
        name,
        tags: [name],
        type: 'http',
        config: { url: 'https://example.org/' },
        schedules: [{ kind: 'interval', every: 10, unit: 'minutes', timezone: 'UTC' }],
      },
    });
    expect(made.ok()).toBe(true);
    const { id } = (await made.json()) as { id: string };

    await page.goto('/admin/maintenance');
    await page.getByText('No maintenance is on or planned.').waitFor();
    await picture('empty');
    await page.getByRole('button', { name: 'Set maintenance' }).click();
    await page.getByText('Jobs by tag').click();
    await page.getByRole('combobox', { name: 'Tags' }).fill(name);
    await page.getByRole('combobox', { name: 'Tags' }).press('Enter');
    await page.getByRole('radio', { name: 'One run for each job' }).check();
    await page.getByRole('textbox', { name: 'Reason' }).fill('New disk for the database');
    await page.getByRole('button', { name: 'Show what it costs' }).click();
    await page.getByText('12 runs of 1 job will not start. 1 run follows when it ends.').waitFor();
    await picture('cost');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id: rule, nodes }) => `${rule} ${nodes[0]?.target.join(' ')}`)).toEqual([]);

    await page.getByRole('button', { name: 'Set maintenance' }).click();
    const banner = page.getByRole('region', { name: 'Maintenance', exact: true });
    await banner.waitFor();
    await picture('on');
    await page.goto(`/jobs/${id}`);
    await banner.getByText('started by').waitFor();
    await page.getByText('New disk for the database.').first().waitFor();
    await page.getByText('In the last 7 days').waitFor();
    await picture('job');

    await banner.getByRole('button', { name: 'End it' }).click();
    await page.getByText('Each job that was held back runs once.').waitFor();
    await page.getByRole('button', { name: 'End it now' }).click();
    await expect.poll(() => banner.count()).toBe(0);
    await page.goto('/admin/maintenance');
    await page.getByText('Over', { exact: true }).filter({ visible: true }).first().waitFor();
    await picture('history');
    expect(complaints).toEqual([]);
    await context.close();
  },
);
