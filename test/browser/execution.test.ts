/** Values of a run, a test of a call, a comparison, and one act on many: as a person meets them. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBrowser } from '../setup/browser.ts';
import { startPortal, type PortalProcess } from '../setup/portal-process.ts';
import { expectNoBarriers } from './barriers.ts';
import { headersOf, ranJob, signIn } from './signed-in.ts';

let portal: PortalProcess;
let browser: Browser;
let context: BrowserContext;
let api: Server;
let address: string;
beforeAll(async () => {
  api = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"status":"down","since":"09:00"}\n');
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(api.address() as AddressInfo).port}/health`;
  const env = { JOB_PORTAL_RATE_PER_MINUTE: '0', JOB_PORTAL_OUTGOING_ALLOW: '127.0.0.1' };
  [portal, browser] = await Promise.all([
    startPortal({ administrator: true, env }),
    openBrowser(inject('chromiumPath')),
  ]);
  context = await signIn(browser, portal.base, { viewport: { width: 1440, height: 900 } });
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
  api?.close();
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
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
    }
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}

async function changed(id: string, data: object): Promise<void> {
  const answer = await context.request.patch(`/api/jobs/${id}`, { data, headers: headersOf(portal.base) });
  if (!answer.ok()) throw new Error(await answer.text());
}

const says = "console.log('rows', process.env.JTP_PARAM_MONTH ?? 'all'); console.log('end');\n";

test('a run is given values, told of a wrong one at its field, and given the same again (R-055, R-148)', async () => {
  const { jobId } = await ranJob(context, portal, 'report', says);
  const parameters = [
    { name: 'month', required: true, pattern: '\\d{4}-\\d{2}', description: 'Of the report' },
    { name: 'kind', choices: ['full', 'short'], default: 'short' },
    { name: 'copies', type: 'integer' },
  ];
  await changed(jobId, { parameters });
  const page = await context.newPage();
  await page.goto(`/jobs/${jobId}`);
  await page.getByRole('button', { name: 'Run now' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Run report' });
  await dialog.getByText('Of the report').waitFor();
  await dialog.getByLabel('month').fill('May');
  await dialog.getByRole('button', { name: 'Start' }).click();
  await dialog.getByText('does not match \\d{4}-\\d{2}').waitFor();
  await picture(page, 'run-refused');
  await dialog.getByLabel('month').fill('2030-05');
  await dialog.getByRole('button', { name: 'Start' }).click();
  await page.getByText('report was started.').first().waitFor();
  await page.reload();
  await page.getByRole('button', { name: 'Run now' }).first().click();
  await dialog.getByText('Values used lately (1)').click();
  await dialog.getByRole('button', { name: 'Use again' }).click();
  expect(await dialog.getByLabel('month').inputValue()).toBe('2030-05');
  await picture(page, 'run-values');
  await expectNoBarriers(page);
  await page.close();
});

test('a call is tried from the editor, and says which assertion does not hold (R-099)', async () => {
  const page = await context.newPage();
  await page.goto('/jobs/new?type=http');
  await page.getByLabel(/^name/i).first().fill('health of the API');
  await page.getByLabel('URL').fill(address);
  await page.getByRole('button', { name: 'Add an assertion' }).click();
  await page.getByLabel('Check').selectOption('json_equals');
  await page.getByLabel('Path').fill('$.status');
  await page.getByRole('region', { name: 'Assertion 1' }).getByLabel('Value').fill('up');
  await picture(page, 'assertions');
  await page.getByRole('button', { name: 'Send test' }).first().click();
  const drawer = page.getByRole('dialog', { name: 'Send test of health of the API' });
  await drawer.getByText('HTTP 200').first().waitFor();
  await drawer.getByText('Not so: $.status is "up". It is "down".').first().waitFor();
  await drawer.getByText('"since":"09:00"').first().waitFor();
  await picture(page, 'send-test');
  await expectNoBarriers(page);
  await page.close();
});

test('a failed run is compared with the last that succeeded', async () => {
  const { jobId } = await ranJob(context, portal, 'compared', "console.log('begin'); console.log('10 rows');\n");
  await changed(jobId, { config: { script: 'compared.mjs', env: { LEVEL: '2' } }, tags: ['db'] });
  const { writeFileSync } = await import('node:fs');
  const fails = "console.log('begin'); console.log('no rows'); process.exit(3);\n";
  writeFileSync(join(portal.dataDir, 'scripts', 'compared.mjs'), fails);
  const accepted = await context.request.post(`/api/jobs/${jobId}/run`, { data: {}, headers: headersOf(portal.base) });
  const { run_id: runId } = (await accepted.json()) as { run_id: string };
  const page = await context.newPage();
  await page.goto(`/runs/${runId}`);
  await page.getByText('Failed', { exact: true }).first().waitFor();
  await page.getByRole('tab', { name: 'Compare' }).click();
  await page.getByText('Compared with').waitFor();
  await page.getByRole('rowheader', { name: 'LEVEL' }).waitFor();
  await page.getByRole('rowheader', { name: 'Exit code' }).waitFor();
  const lines = page.getByRole('list', { name: 'Difference of the output' });
  expect(await lines.locator('[data-kind=run] code').allTextContents()).toEqual(['no rows']);
  expect(await lines.locator('[data-kind=with] code').allTextContents()).toEqual(['10 rows']);
  await picture(page, 'compare');
  await expectNoBarriers(page);
  await page.close();
});

test('several jobs are paused at once, by keyboard, and resumed again (R-275)', async () => {
  const page = await context.newPage();
  await page.goto('/jobs?sort=name');
  const boxes = page.getByRole('table', { name: 'Jobs' }).getByRole('checkbox', { name: /^Select (?!all)/ });
  await boxes.first().focus();
  await page.keyboard.press('Space');
  await boxes.nth(1).focus();
  await page.keyboard.press('Shift+Space');
  const bar = page.getByRole('region', { name: 'Selection' });
  await bar.getByText('2 jobs selected').waitFor();
  await picture(page, 'selection');
  await bar.getByRole('button', { name: 'Pause' }).click();
  const result = page.getByRole('dialog', { name: 'What became of each' });
  await result.getByText('2 jobs paused.').waitFor();
  await picture(page, 'bulk-result');
  await expectNoBarriers(page);
  await result.getByRole('button', { name: 'Undo: resume 2 jobs' }).click();
  await result.getByText('2 jobs resumed.').waitFor();

  await page.goto('/runs');
  const runs = page.getByRole('checkbox', { name: /^Select run .* of compared/ });
  await runs.first().click();
  await runs.nth(1).click();
  await page.getByRole('link', { name: 'Compare the two' }).click();
  await page.getByText('Compared with').waitFor();
  await page.close();
});
