import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
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
  'a hook is added on the page, its sample starts a run, and a cancel keeps its note (%s, %i px)',
  { timeout: 90_000 },
  async (colorScheme, width) => {
    const context = await signIn(browser, portal.base, { colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    const picture = picturesOf(page, { of: 'hooks', look: `${colorScheme}-${width}` });
    const headers = headersOf(portal.base);
    const name = `deploy ${colorScheme} ${width}`;
    const parameters = [{ name: 'ref', type: 'string', default: 'main' }];
    // Nobody serves the label: the run waits until it is cancelled.
    const definition = {
      name,
      type: 'script',
      config: { script: 'two-streams.py' },
      parameters,
      worker_labels: ['moon'],
    };
    const job = await context.request.post('/api/jobs', { data: definition, headers });
    const { id } = (await job.json()) as { id: string };

    await page.goto(`/jobs/${id}?tab=hooks`);
    await picture('none');
    await page.getByRole('button', { name: 'Add incoming hook' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Forge');
    await dialog.getByLabel('ref').fill('push.branch');
    await picture('dialog');
    await dialog.getByRole('button', { name: 'Add hook' }).click();
    await dialog.getByText('The secret is shown only now').waitFor();
    await picture('secret');
    const secret = /whsec_\S+/.exec((await dialog.textContent()) ?? '')?.[0].replace(/=.*$/, '=') ?? '';
    await dialog.getByRole('button', { name: 'I have it' }).click();
    await page.getByText('Last used: never').waitFor();
    await picture('one');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);

    const sample = (await page.getByLabel('Sample message for Forge').textContent()) ?? '';
    expect(sample).not.toContain('whsec_\\w{5}');
    const env = { ...process.env, HOOK_SECRET: secret };
    const { stdout } = await promisify(execFile)('sh', ['-c', sample], { env });
    const { run_id: runId } = JSON.parse(stdout) as { run_id: string };
    await page.goto(`/runs/${runId}`);
    await page.getByText('Hook Forge asked for it.').waitFor();
    await page.getByRole('button', { name: /^Cancel this run/ }).click();
    await page.getByLabel('Why (kept with the run)').fill('the wrong branch');
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    await page.getByText('“the wrong branch”').waitFor();
    await picture('cancelled');
    expect(complaints).toEqual([]);
    await context.close();
  },
);
