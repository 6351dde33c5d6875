import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import type { PortalProcess } from '../setup/portal-process.ts';
import { picturesOf } from './pictures.ts';
import { headersOf, ranJob, signIn, startSignedIn } from './signed-in.ts';

let portal: PortalProcess;
let browser: Browser;
beforeAll(async () => {
  [portal, browser] = await Promise.all([startSignedIn(), openBrowser(inject('chromiumPath'))]);
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

/** All four for pictures; two say whether it works. */
const looks = [
  ['light', 1440],
  ['dark', 375],
  ['dark', 1440],
  ['light', 375],
] as const;

test.each(looks.slice(0, process.env['JTP_TEST_PICTURES'] === undefined ? 2 : 4))(
  'a secret is set, given to a job in its editor, masked in its log, rotated, and not deleted while it is used (%s, %i px)',
  { timeout: 120_000 },
  async (colorScheme, width) => {
    const context = await signIn(browser, portal.base, { colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    const picture = picturesOf(page, { of: 'secrets', look: `${colorScheme}-${width}` });
    const name = `api.token.${colorScheme}.${width}`;
    const value = `browser-value-${colorScheme}-${width}`;
    const jobName = `tells-${colorScheme}-${width}`;
    const { jobId } = await ranJob(context, portal, jobName, "console.log('token', process.env.TOKEN);\n");

    await page.goto('/secrets');
    await page.getByRole('button', { name: 'Set secret' }).first().waitFor();
    await picture('list-before');
    await page.getByRole('button', { name: 'Set secret' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('textbox', { name: 'Value', exact: true }).fill('1234');
    await dialog.getByText('it will not be masked').waitFor();
    await picture('set');
    await dialog.getByRole('textbox', { name: 'Value', exact: true }).fill(value);
    await dialog.getByRole('button', { name: 'Set secret' }).click();
    await page.getByText(`${name} is set.`).waitFor();

    await page.goto(`/jobs/${jobId}/edit`);
    await page.getByRole('button', { name: 'Add a secret' }).click();
    await page.getByLabel('Name of secret 1').fill('TOKEN');
    await page.getByRole('combobox', { name: 'Value of secret 1' }).fill(name);
    await page.getByRole('combobox', { name: 'Value of secret 1' }).press('Escape');
    await page.locator('#section-run').scrollIntoViewIfNeeded();
    await picture('editor');
    await page.getByRole('button', { name: 'Save' }).first().click();
    await page.waitForURL((url) => url.pathname === `/jobs/${jobId}`);

    const accepted = await context.request.post(`/api/jobs/${jobId}/run`, {
      data: {},
      headers: headersOf(portal.base),
    });
    const { run_id: runId } = (await accepted.json()) as { run_id: string };
    await page.goto(`/runs/${runId}`);
    await page.getByText('token ***').waitFor();
    expect(await page.content()).not.toContain(value);

    await page.goto('/secrets');
    const of = page.locator(width > 600 ? 'tr' : 'li').filter({ hasText: name });
    await of.getByText(jobName).waitFor();
    await of.getByRole('button', { name: 'Test' }).click();
    await page.getByText('is masked in logs').waitFor();
    expect(await of.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
    await page.getByLabel('A line of output').fill(`token=${Buffer.from(value).toString('base64')} other`);
    await page.getByRole('button', { name: 'Show what is hidden' }).click();
    await page.getByText('token=*** other').waitFor();
    await picture('list');
    await of.getByRole('button', { name: 'Rotate' }).click();
    await dialog.getByRole('textbox', { name: 'Value', exact: true }).fill(`${value}-2`);
    await dialog.getByLabel(`Type ${name} to go on`).fill(name);
    await picture('rotate');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await dialog.getByRole('button', { name: 'Rotate secret' }).click();
    await page.getByText(`${name} has its version 2.`).waitFor();
    expect(await page.content()).not.toContain(value);

    await page.getByRole('button', { name: 'Draw a new key …' }).click();
    await dialog.getByText('No value changes').waitFor();
    await picture('rotate-key');
    await dialog.getByRole('button', { name: 'Draw a new key' }).click();
    await page.getByText(/^A new key \(\w+\) seals everything\./).waitFor();

    const key = join(portal.dataDir, 'secret.key');
    renameSync(key, `${key}.away`);
    await page.reload();
    const alert = page.getByRole('alert').filter({ hasText: 'cannot be read here' });
    await alert.getByText('secret.key in the data folder is missing').first().waitFor();
    await alert.getByRole('link', { name: jobName }).waitFor();
    expect(await page.getByRole('button', { name: 'Set secret' }).isDisabled()).toBe(true);
    await picture('key-missing');
    renameSync(`${key}.away`, key);
    await page.reload();
    await of.getByText(jobName).waitFor();
    expect(await alert.count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  },
);
