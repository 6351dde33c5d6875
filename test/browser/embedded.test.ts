import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { loadConfig, realSystem } from 'job-trigger-core';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { embedPortal, type EmbedOptions } from '../../packages/portal/src/embed.ts';
import { startTestPortal, type TestPortal } from '../../packages/portal/src/test-portal.ts';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import { picturesOf } from './pictures.ts';

let portal: TestPortal;
let browser: Browser;
let options: EmbedOptions;
let runId: string;
beforeAll(async () => {
  [portal, browser] = await Promise.all([startTestPortal('SQLite', ''), openBrowser(inject('chromiumPath'))]);
  const env = { JOB_PORTAL_DATA_DIR: portal.folder, JOB_PORTAL_RATE_PER_MINUTE: '0' };
  const config = loadConfig({ file: null, env, flags: {}, cwd: portal.folder, readFile: () => '' });
  const { store, operations } = portal;
  const pages = resolve(import.meta.dirname, '../../packages/dashboard/dist');
  const rest = { system: realSystem(), config, timezone: 'UTC', version: '0.0.0-test', pages, prefix: '/tools/jobs' };
  options = { store, operations, ...rest };
  const { id } = await portal.client.createJob({
    body: { name: 'nightly', type: 'script', config: { script: 'hello.sh' } },
  });
  await portal.client.shareJob({ params: { id }, body: { items: [{ with: 'everyone', level: 'edit' }] } });
  runId = (await portal.client.runJob({ params: { id }, body: {} })).run_id;
});
afterAll(async () => {
  await browser?.close();
  await portal?.close();
});

async function within(authorize: EmbedOptions['authorize']): Promise<{ base: string; close: () => Promise<void> }> {
  const embedded = await embedPortal({ ...options, ...(authorize && { authorize }) });
  const server: Server = createServer((request, response) => embedded.handler(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const close = async (): Promise<void> => {
    await embedded.close();
    server.closeAllConnections();
    server.close();
  };
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/tools/jobs`, close };
}

test.each([
  ['light', 1440],
  ['dark', 375],
] as const)(
  'pages work below the path of a host, which says who reads them (%s, %i px)',
  { timeout: 60_000 },
  async (colorScheme, width) => {
    const host = await within(() => ({ email: 'ann@example.org', name: 'Ann', role: 'editor' }));
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await page.goto(`${host.base}/runs/${runId}`);
    await page.getByRole('heading', { name: 'nightly' }).first().waitFor();
    await page.getByRole('button', { name: 'Menu of Ann' }).click();
    expect(await page.getByRole('menuitem', { name: 'Sign out' }).count()).toBe(0);
    const docs = await page.getByRole('menuitem', { name: 'REST API' }).getAttribute('href');
    expect(docs).toBe('/tools/jobs/api/docs/');
    await page.locator('[role=menu]:focus-within').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'nightly' }).first().click();
    await page.waitForURL(/\/tools\/jobs\/jobs\/[\w-]+$/);
    await page.getByRole('button', { name: 'Run', exact: false }).first().waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'nightly' }).first().waitFor();
    expect(await page.getByText('Authentication is off.').count()).toBe(0);
    await picturesOf(page, { of: 'embedded', look: `${colorScheme}-${width}` })('job');
    await page.goto(`${host.base}/api/docs/`);
    await page.getByText('Sign in with e-mail and password.').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
    await host.close();
  },
);

test.each([
  ['dark', 1440],
  ['light', 375],
] as const)(
  'each page says that nobody signs in (SEC-A3) (%s, %i px)',
  { timeout: 60_000 },
  async (colorScheme, width) => {
    const host = await within(undefined);
    const context = await browser.newContext({ colorScheme, viewport: { width, height: 900 } });
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    for (const path of ['/', '/jobs']) {
      await page.goto(`${host.base}${path}`);
      await page.getByRole('region', { name: 'Authentication' }).waitFor();
    }
    await page.getByText('acts as Mei, the administrator').waitFor();
    await picturesOf(page, { of: 'unguarded', look: `${colorScheme}-${width}` })('jobs');
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id: rule }) => rule)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
    await host.close();
  },
);
