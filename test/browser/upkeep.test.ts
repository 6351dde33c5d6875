import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import type { PortalProcess } from '../setup/portal-process.ts';
import { picturesOf } from './pictures.ts';
import { headersOf, signIn, startSignedIn } from './signed-in.ts';

let portal: PortalProcess;
let browser: Browser;
/** Signed in once: trying too often is refused. */
let storageState: Awaited<ReturnType<BrowserContext['storageState']>>;
beforeAll(async () => {
  [portal, browser] = await Promise.all([startSignedIn(), openBrowser(inject('chromiumPath'))]);
  const context = await signIn(browser, portal.base);
  storageState = await context.storageState();
  await context.close();
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

const looks = [
  ['light', 1440],
  ['dark', 1440],
  ['light', 375],
  ['dark', 375],
] as const;

/** A dialog fades in; colours are judged when it stands. */
async function faults(page: Page): Promise<string[]> {
  await expect
    .poll(() => page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running').length))
    .toBe(0);
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id} ${nodes[0]?.target.join(' ')}`);
}

/** Presses Tab until the thing of that name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 150; presses += 1) {
    const here = await page.evaluate(() => {
      const element = document.activeElement;
      return element?.getAttribute('aria-label') ?? element?.textContent ?? '';
    });
    if (here.trim() === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`The keyboard never came to ${name}.`);
}

async function opened(colorScheme: 'light' | 'dark', width: number) {
  const viewport = { width, height: 900 };
  const look = { colorScheme, viewport, reducedMotion: 'reduce' } as const;
  const context = await browser.newContext({ baseURL: portal.base, storageState, ...look });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const picture = picturesOf(page, { of: '', look: `${colorScheme}-${width}` });
  const make = async (path: string, data: object): Promise<string> => {
    const answer = await context.request.post(path, { data, headers: headersOf(portal.base) });
    expect(answer.ok()).toBe(true);
    return ((await answer.json()) as { id: string }).id;
  };
  return { context, page, picture, make, complaints: complaintsOf(page) };
}

test.each(looks)(
  'a monitor is edited, taken back and given a new address by the keyboard alone (%s, %i px)',
  { timeout: 120_000 },
  async (colorScheme, width) => {
    const { context, page, picture, make, complaints } = await opened(colorScheme, width);
    const name = `dump-${colorScheme}-${width}`;
    const id = await make('/api/monitors', { name, period_seconds: 3600 });
    await page.goto(`/monitors/${id}`);
    await page.getByRole('heading', { level: 1, name }).waitFor();
    await picture('monitor');
    const line = await page.getByRole('region', { name: 'Line for the crontab' }).textContent();

    await tabTo(page, 'Edit');
    await page.keyboard.press('Enter');
    await page.getByRole('textbox', { name: 'Name' }).fill(`${name} new`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowLeft');
    await page.getByRole('textbox', { name: 'Schedule' }).fill('every day at 2:00');
    await page.getByRole('combobox', { name: 'Time zone' }).fill('Asia/Tokyo');
    await page.keyboard.press('Tab');
    await expect.poll(() => page.getByRole('option').count()).toBe(0);
    await picture('monitor-edit');
    expect(await faults(page)).toEqual([]);
    await page.getByRole('textbox', { name: 'Name' }).press('Enter');
    await page.getByRole('heading', { level: 1, name: `${name} new` }).waitFor();
    await page.getByText(/Tokyo/).first().waitFor();
    await picture('monitor-saved');
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

    await tabTo(page, 'New address');
    await page.keyboard.press('Enter');
    await page.getByText('takes no more pings at once').waitFor();
    await picture('monitor-renew');
    expect(await faults(page)).toEqual([]);
    await tabTo(page, 'Renew address');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: `${name} has a new address` });
    await dialog.waitFor();
    expect(await dialog.getByRole('region', { name: 'Line for the crontab' }).textContent()).not.toBe(line);
    await picture('monitor-renewed');
    await page.keyboard.press('Escape');
    await expect.poll(() => dialog.count()).toBe(0);

    await tabTo(page, 'Pause');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Resume' }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).press('Enter');
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  },
);

test.each(looks)(
  'clean-up shows what would go before it is run (R-203) (%s, %i px)',
  { timeout: 60_000 },
  async (colorScheme, width) => {
    const { context, page, picture, complaints } = await opened(colorScheme, width);
    await page.goto('/admin/health');
    const panel = page.getByRole('region', { name: 'Clean-up', exact: true });
    await panel.getByRole('button', { name: 'Show what would go' }).click();
    await panel.getByText(/^Nothing was removed\./).waitFor();
    await panel.getByText('Occurrences and gaps of the ledger').filter({ visible: true }).waitFor();
    await picture('clean-up');
    await panel.getByRole('button', { name: 'Run clean-up now' }).click();
    const dialog = page.getByRole('dialog', { name: 'Run clean-up now?' });
    await dialog.waitFor();
    await picture('clean-up-asked');
    expect(await faults(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Remove it' }).click();
    await panel.getByText(/^Removed what retention no longer keeps\./).waitFor();
    await picture('clean-up-done');
    expect(complaints).toEqual([]);
    await context.close();
  },
);

test.each(looks)(
  'the agenda tells what holds runs back (%s, %i px)',
  { timeout: 60_000 },
  async (colorScheme, width) => {
    const { context, page, picture, make, complaints } = await opened(colorScheme, width);
    const tag = `agenda-${colorScheme}-${width}`;
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const calendars = [
      await make('/api/calendars', {
        kind: 'blackout',
        name: `Books ${tag}`,
        ranges: [{ name: 'Close', from: `${tomorrow}T01:00:00Z`, to: `${tomorrow}T03:00:00Z` }],
      }),
      await make('/api/calendars', {
        kind: 'holiday',
        name: `Office ${tag}`,
        holidays: [{ date: tomorrow, name: 'Founding day', closed_from: '12:00' }],
      }),
    ];
    for (const place of [1, 2])
      await make('/api/jobs', {
        name: `${tag}-${place}`,
        tags: [tag],
        type: 'http',
        config: { url: 'https://example.org/' },
        schedules: [{ kind: 'interval', every: 4, unit: 'hours', timezone: 'UTC', calendars }],
      });
    const set = await context.request.post('/api/maintenance', {
      headers: headersOf(portal.base),
      data: {
        scope: { kind: 'tags', tags: [tag] },
        from: `${tomorrow}T04:00:00Z`,
        until: `${tomorrow}T05:00:00Z`,
        reason: 'New rack',
      },
    });
    expect(set.ok()).toBe(true);
    await page.goto(`/timeline?view=agenda&tag=${tag}&at=${tomorrow}T00:00:00Z`);
    const held = page.locator('.jtp-agenda-band');
    await held.first().waitFor();
    const told = await held.allInnerTexts();
    for (const words of [
      `Blackout: Books ${tag}: Close`,
      `Holiday: Office ${tag}: Founding day`,
      'Maintenance: New rack',
    ])
      expect(told.map((text) => text.replaceAll(/\s+/g, ' '))).toContainEqual(
        expect.stringMatching(new RegExp(`^\\d{2}:\\d{2}–\\d{2}:\\d{2} 2 jobs ${words}$`)),
      );
    await picture('agenda');
    expect(await faults(page)).toEqual([]);
    await page.goto(`/timeline?view=day&tag=${tag}&at=${tomorrow}T12:00:00Z`);
    await page.locator('.jtp-band-holiday').first().waitFor();
    await picture('day');
    expect(await faults(page)).toEqual([]);
    const { window } = (await set.json()) as { window: { id: string } };
    await context.request.delete(`/api/maintenance/${window.id}`, { headers: headersOf(portal.base) });
    expect(complaints).toEqual([]);
    await context.close();
  },
);
