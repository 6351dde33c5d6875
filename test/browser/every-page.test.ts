import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import type { PortalProcess } from '../setup/portal-process.ts';
import { inTheDark, nextFrame, ranJob, signIn, startSignedIn, type Made } from './signed-in.ts';

const ofColours = ['color-contrast', 'link-in-text-block'];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

let portal: PortalProcess;
let browser: Browser;
let paths: readonly string[];
beforeAll(async () => {
  [portal, browser] = await Promise.all([startSignedIn(), openBrowser(inject('chromiumPath'))]);
  const context = await signIn(browser, portal.base);
  const good = await ranJob(
    context,
    portal,
    'good',
    "console.log('\\u001b[32mfine\\u001b[0m \\u001b[93mand \\u001b[44mwell\\u001b[0m');\n",
  );
  const bad = await ranJob(context, portal, 'bad', "console.error('no such table'); process.exit(1);\n");
  paths = [
    ...(await linked(context)),
    ...ofRun(good),
    ...ofRun(bad),
    '/jobs/new',
    '/profile',
    '/device',
    '/calendars/new?kind=holiday',
    '/calendars/new?kind=blackout',
    await calendarOf(context),
    await monitorOf(context),
    await webhookOf(context),
    `/jobs/${good.jobId}/edit`,
    await sharedTab(context, good),
    '/nothing-here',
  ];
  await context.close();
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

const ofRun = ({ jobId, runId }: Made): string[] => [
  `/jobs/${jobId}`,
  `/runs/${runId}`,
  `/runs/${runId}?tab=parameters`,
  `/runs/${runId}?tab=result`,
  `/runs/${runId}?tab=attempts`,
];

/** A calendar with whole days and half ones. */
async function calendarOf(context: BrowserContext): Promise<string> {
  const holidays = [
    { date: '12-24', name: 'Christmas Eve', closed_from: '12:00' },
    { date: '12-25', name: 'Christmas Day' },
  ];
  const made = await context.request.post('/api/calendars', {
    data: { kind: 'holiday', name: 'Office', holidays },
    headers: { 'x-jtp-csrf': '1', origin: portal.base },
  });
  if (!made.ok()) throw new Error(`The calendar was refused: ${await made.text()}`);
  return `/calendars/${((await made.json()) as { id: string }).id}`;
}

const made = async (context: BrowserContext, path: string, data: object): Promise<string> => {
  const headers = { 'x-jtp-csrf': '1', origin: portal.base };
  const answer = await context.request.post(path, { data, headers });
  if (!answer.ok()) throw new Error(`${path} was refused: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
};

async function monitorOf(context: BrowserContext): Promise<string> {
  const id = await made(context, '/api/monitors', { name: 'Mail queue', period_seconds: 600 });
  const { ping_path: path } = (await (await context.request.get(`/api/monitors/${id}`)).json()) as {
    ping_path: string;
  };
  await context.request.post(`${path}/3`, { data: 'no such table', headers: { 'content-type': 'text/plain' } });
  return `/monitors/${id}`;
}

const webhookOf = async (context: BrowserContext): Promise<string> =>
  `/admin/webhooks/${await made(context, '/api/webhooks', { name: 'Channel', url: 'https://example.org/hook' })}`;

/** Of a job that is shared with a team, which then stands on the page of teams. */
async function sharedTab(context: BrowserContext, { jobId }: Made): Promise<string> {
  const headers = { 'x-jtp-csrf': '1', origin: portal.base };
  await context.request.put('/api/teams/Night', { data: { members: ['mei@example.org'] }, headers });
  const items = [{ with: 'team', team: 'Night', level: 'run' }];
  const answer = await context.request.put(`/api/jobs/${jobId}/shares`, { data: { items }, headers });
  if (!answer.ok()) throw new Error(`The share was refused: ${await answer.text()}`);
  return `/jobs/${jobId}?tab=sharing`;
}

/** Every page that the navigation leads to. */
async function linked(context: BrowserContext): Promise<readonly string[]> {
  const page = await context.newPage();
  await page.goto('/');
  await page.locator('h1').waitFor();
  const found = await page
    .locator('nav a[href^="/"]')
    .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? '/'));
  await page.close();
  expect(found.length).toBeGreaterThan(3);
  return [...new Set(found)];
}

async function eachPage(
  options: BrowserContextOptions,
  check: (path: string, context: BrowserContext) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const context = await signIn(browser, portal.base, options);
  const found: string[] = [];
  for (const path of paths) found.push(...(await check(path, context)));
  await context.close();
  return found;
}

/** Where a page scrolls sideways, and goes on to. Tables become cards only after they have been told of the width. */
async function widthsTooSmall(page: Page): Promise<readonly string[]> {
  const found: string[] = [];
  const overhang = () =>
    page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  for (const width of [375, 320]) {
    await page.setViewportSize({ width, height: 740 });
    for (let looks = 0; looks < 60 && (await overhang()) > 0; looks += 1) await nextFrame(page);
    const wide = await overhang();
    if (wide > 0) found.push(`${wide} px too wide at ${width} px`);
  }
  return found;
}

type Violations = Awaited<ReturnType<AxeBuilder['analyze']>>['violations'];

const toldOf = (where: string, violations: Violations): string[] =>
  violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${where}: ${id} at ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  );

/** Open a page and wait until it shows what it has. */
async function opened(context: BrowserContext, path: string) {
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(path);
  await page.locator('h1').first().waitFor();
  await expect.poll(() => page.locator('[aria-busy="true"]').count(), { timeout: 10_000 }).toBe(0);
  return { page, complaints };
}

test(
  'every page is accessible as far as a machine can tell, fits a phone, and complains of nothing',
  { timeout: 300_000 },
  async () => {
    const found = await eachPage(
      { colorScheme: 'light', reducedMotion: 'reduce', viewport: { width: 1280, height: 900 } },
      async (path, context) => {
        const { page, complaints } = await opened(context, path);
        const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
        await inTheDark(page);
        // What is there is the same in the dark; only the colours are others.
        const { violations: dark } = await new AxeBuilder({ page }).withRules(ofColours).analyze();
        const wide = await widthsTooSmall(page);
        await page.close();
        return [
          ...wide.map((text) => `${path}: ${text}`),
          ...complaints
            .filter((text) => !(path === '/nothing-here' && text.includes('404')))
            .map((text) => `${path}: ${text}`),
          ...toldOf(`${path} in light`, violations),
          ...toldOf(`${path} in dark`, dark),
        ];
      },
    );
    expect(found).toEqual([]);
  },
);

test('the keyboard alone leads from the first page to the log of a run', async () => {
  const context = await signIn(browser, portal.base, { viewport: { width: 1280, height: 900 } });
  const { page } = await opened(context, '/');
  async function tabTo(name: RegExp): Promise<void> {
    for (let presses = 0; presses < 150; presses += 1) {
      await page.keyboard.press('Tab');
      const here = await page.evaluate(() => {
        const element = document.activeElement;
        return element === null ? '' : (element.getAttribute('aria-label') ?? element.textContent);
      });
      if (name.test(here.trim())) return;
    }
    throw new Error(`The keyboard never came to ${name.source}.`);
  }
  await page.keyboard.press('Tab');
  expect(await page.evaluate(() => document.activeElement?.textContent)).toMatch(/skip/i);
  await tabTo(/^Runs$/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
  await tabTo(/^Run .* of bad$/);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: /bad/ }).waitFor();
  await tabTo(/^Output of attempt 1/);
  await page.keyboard.press('w');
  expect(await page.getByRole('checkbox', { name: 'Wrap (w)' }).isChecked()).toBe(true);
  await context.close();
});
