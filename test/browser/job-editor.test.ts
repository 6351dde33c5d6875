import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import type { PortalProcess } from '../setup/portal-process.ts';
import { expectNoBarriers } from './barriers.ts';
import { headersOf, signIn, startSignedIn } from './signed-in.ts';

/** Says a line each 200 ms, and its parameter. */
const talking = `
let n = 0;
const timer = setInterval(() => {
  n += 1;
  console.log('line ' + n + ' ' + (process.env.JTP_PARAM_LEVEL ?? ''));
  if (n === 15) clearInterval(timer);
}, 200);
`;

let portal: PortalProcess;
let browser: Browser;
let context: BrowserContext;
beforeAll(async () => {
  [portal, browser] = await Promise.all([startSignedIn(), openBrowser(inject('chromiumPath'))]);
  context = await signIn(browser, portal.base, { viewport: { width: 1440, height: 900 } });
  writeFileSync(join(portal.dataDir, 'scripts', 'talking.mjs'), talking);
  writeFileSync(join(portal.dataDir, 'scripts', 'fails.mjs'), "console.error('no such table'); process.exit(3);\n");
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
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

async function created(name: string, more: object = {}): Promise<string> {
  const answer = await context.request.post('/api/jobs', {
    data: { name, type: 'script', config: { script: 'talking.mjs' }, ...more },
    headers: headersOf(portal.base),
  });
  if (!answer.ok()) throw new Error(await answer.text());
  return ((await answer.json()) as { id: string }).id;
}
async function countOf(path: string): Promise<number> {
  const answer = await context.request.get(path);
  return ((await answer.json()) as { items: unknown[] }).items.length;
}
const nameField = (page: Page) => page.getByLabel(/^name/i).first();
const scriptField = (page: Page) =>
  page
    .getByLabel(/^script/i)
    .and(page.locator('input:not([type=radio])'))
    .first();

describe('trying an unsaved job', () => {
  test('shows its run with its lines as they come, and the form stays', async () => {
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await page.goto('/jobs/new');
    await nameField(page).fill('not saved yet');
    await scriptField(page).fill('talking.mjs');
    await page.getByRole('button', { name: 'Try it' }).first().click();
    const drawer = page.getByRole('dialog', { name: 'Try not saved yet' });
    await drawer.getByText('Running', { exact: true }).waitFor();
    await drawer.getByRole('log').getByText('line 2', { exact: true }).waitFor();
    expect(await drawer.getByText('Running', { exact: true }).count()).toBe(1);
    await picture(page, 'try-running');
    await drawer.getByText('Succeeded', { exact: true }).waitFor();
    await drawer.getByRole('log').getByText('line 15', { exact: true }).waitFor();
    const href = await drawer.getByRole('link', { name: 'Open the run' }).getAttribute('href');
    await drawer.getByRole('button', { name: 'Close' }).click();
    expect(await nameField(page).inputValue()).toBe('not saved yet');
    expect(await countOf('/api/jobs?search=not%20saved%20yet')).toBe(0);
    expect(await countOf('/api/jobs?deleted=true')).toBe(0);

    const run = await context.newPage();
    await run.goto(href ?? '');
    await run.getByText('Draft run of an unsaved job').waitFor();
    expect(await run.getByRole('button', { name: /again/i }).count()).toBe(0);
    expect(await run.locator('a[href^="/jobs/"]').count()).toBe(0);
    await picture(run, 'draft-run');
    await run.close();
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('asks for the values that it needs, and may be cancelled', async () => {
    const id = await created('with values', { parameters: [{ name: 'level', type: 'integer', required: true }] });
    const page = await context.newPage();
    await page.goto(`/jobs/${id}/edit`);
    await page.getByRole('button', { name: 'Try it' }).first().click();
    const drawer = page.getByRole('dialog', { name: 'Try with values' });
    await drawer.getByLabel('level').fill('7');
    await picture(page, 'try-values');
    await drawer.getByRole('button', { name: 'Run once' }).click();
    await drawer.getByRole('log').getByText('line 1 7', { exact: true }).waitFor();
    await drawer.getByRole('button', { name: /^Cancel this run/ }).click();
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    await drawer.getByText('Cancelled', { exact: true }).waitFor();
    expect(await countOf(`/api/runs?job_id=${id}`)).toBe(0);
    await page.close();
  });

  test('tells what is wrong, and what failed', async () => {
    const page = await context.newPage();
    await page.goto('/jobs/new');
    await nameField(page).fill('wrong');
    await scriptField(page).fill('missing.mjs');
    await page.getByRole('button', { name: 'Try it' }).first().click();
    const drawer = page.getByRole('dialog', { name: 'Try wrong' });
    await drawer
      .getByText(/missing\.mjs/)
      .first()
      .waitFor();
    await picture(page, 'try-refused');
    await drawer.getByRole('button', { name: 'Close' }).click();
    await scriptField(page).fill('fails.mjs');
    await page.getByRole('button', { name: 'Try it' }).first().click();
    await drawer.getByText('exit 3').first().waitFor();
    await picture(page, 'try-failed');
    await expectNoBarriers(page);
    await page.close();
  });
});

describe('two people at one job', () => {
  test('the second sees both versions, chooses by field, and loses nothing', async () => {
    const id = await created('shared', { description: 'as it was', tags: ['one'] });
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await page.goto(`/jobs/${id}/edit`);
    await page.getByLabel('Description').fill('as I want it');
    // Resolves when this page listens; what it answers resolves with the next hint.
    const hint = await page.evaluateHandle(
      () =>
        new Promise<{ readonly heard: Promise<void> }>((listening) => {
          const source = new EventSource('/api/stream');
          const heard = new Promise<void>((resolve) => source.addEventListener('hint', () => resolve()));
          source.addEventListener('hello', () => listening({ heard }));
        }),
    );
    const theirs = await context.request.patch(`/api/jobs/${id}`, {
      data: { description: 'as they want it', tags: ['two'], timeout_seconds: 99 },
      headers: headersOf(portal.base),
    });
    expect(theirs.status()).toBe(200);
    // The stream tells of it; what was read stays what is sent.
    await hint.evaluate(({ heard }) => heard);
    await page.getByRole('button', { name: 'Save', exact: true }).first().click();
    await page.getByText(/^Not saved: .* saved version 2 meanwhile$/).waitFor();
    const card = (name: string) => page.getByRole('radio', { name });
    expect(await card('Description: Yours').getAttribute('aria-checked')).toBe('true');
    expect(await card('Tags: Yours').getAttribute('aria-checked')).toBe('false');
    expect(await page.getByRole('textbox', { name: 'Description' }).inputValue()).toBe('as I want it');
    await picture(page, 'conflict');
    await expectNoBarriers(page);
    await page.getByRole('button', { name: 'Save what is chosen' }).click();
    await page.getByRole('heading', { level: 1, name: /shared/ }).waitFor();
    const job = (await (await context.request.get(`/api/jobs/${id}`)).json()) as Record<string, unknown>;
    expect(job).toMatchObject({ version: 3, description: 'as I want it', tags: ['two'], timeout_seconds: 99 });
    expect(complaints.filter((text) => !text.includes('412'))).toEqual([]);
    await page.close();
  });

  test('the second may take over what the first saved', async () => {
    const id = await created('taken over', { description: 'as it was' });
    const page = await context.newPage();
    await page.goto(`/jobs/${id}/edit`);
    await page.getByLabel('Description').fill('as I want it');
    await context.request.patch(`/api/jobs/${id}`, {
      data: { description: 'as they want it' },
      headers: headersOf(portal.base),
    });
    await page.getByRole('button', { name: 'Save', exact: true }).first().click();
    await page.getByRole('button', { name: /^Discard mine, load version 2/ }).click();
    await expect.poll(() => page.getByLabel('Description').inputValue()).toBe('as they want it');
    await page.close();
  });
});

describe('a schedule in words', () => {
  test('that was not understood is not saved as what stood there before', async () => {
    const page = await context.newPage();
    await page.goto('/jobs/new');
    await nameField(page).fill('said in words');
    await scriptField(page).fill('talking.mjs');
    await page.getByRole('button', { name: 'Add a schedule' }).click();
    await page.getByText('Words', { exact: true }).click();
    const words = page.getByLabel('Words or a crontab line');
    await page.getByRole('button', { name: 'Create job' }).first().click();
    await page
      .getByText(/^Say when it runs/)
      .first()
      .waitFor();
    await words.fill('at half past ten');
    await page.keyboard.press('ControlOrMeta+S');
    await page.getByText(/^Not saved/).waitFor();
    await expect.poll(() => words.getAttribute('aria-invalid')).toBe('true');
    expect(await countOf('/api/jobs?search=said%20in%20words')).toBe(0);
    await words.fill('every 2 hours');
    await page.getByText('Understood:').waitFor();
    await page.keyboard.press('ControlOrMeta+S');
    await page.getByRole('heading', { level: 1, name: /said in words/ }).waitFor();
    await page.close();
  });
});

describe('a second click', () => {
  /** Two clicks in one turn: the page has had no time to disable the button. */
  const twice = (page: Page, name: string): Promise<void> =>
    page
      .getByRole('button', { name, exact: true })
      .first()
      .evaluate((button: HTMLElement) => {
        button.click();
        button.click();
      });

  test('makes no second job and no second run', async () => {
    const page = await context.newPage();
    await page.goto('/jobs/new');
    await nameField(page).fill('clicked twice');
    await scriptField(page).fill('talking.mjs');
    await twice(page, 'Create job');
    await page.getByRole('heading', { level: 1, name: /clicked twice/ }).waitFor();
    expect(await countOf('/api/jobs?search=clicked%20twice')).toBe(1);
    const id = /\/jobs\/([^/?]+)/.exec(page.url())?.[1] ?? '';
    await context.request.patch(`/api/jobs/${id}`, { data: { overlap: 'queue_all' }, headers: headersOf(portal.base) });
    await twice(page, 'Run now');
    await page.getByText('clicked twice was started.').first().waitFor();
    expect(await countOf(`/api/runs?job_id=${id}`)).toBe(1);
    await page.getByRole('link', { name: 'Open the run' }).click();
    await page.waitForURL(/\/runs\/[^/]+$/);
    await page.getByRole('log').waitFor();
    await page.close();
  });
});

test('a growing log is heard of, not asked for', async () => {
  const id = await created('listened to');
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', (request) => {
    if (request.url().includes('/log?')) asked.push(request.url());
  });
  const accepted = await context.request.post(`/api/jobs/${id}/run`, { data: {}, headers: headersOf(portal.base) });
  const { run_id } = (await accepted.json()) as { run_id: string };
  await page.goto(`/runs/${run_id}`);
  await page.getByRole('log').getByText('line 15', { exact: true }).waitFor();
  await page.getByText('Succeeded', { exact: true }).first().waitFor();
  for (let line = 1; line <= 15; line += 1)
    expect(await page.getByRole('log').getByText(`line ${line}`, { exact: true }).count()).toBe(1);
  expect(asked.filter((url) => url.includes('follow=true')).length).toBeLessThanOrEqual(2);
  expect(asked.length).toBeLessThanOrEqual(6);
  await page.close();
});
