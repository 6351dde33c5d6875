import type { BrowserContext } from 'playwright-core';
import { expect, test } from 'vitest';
import { filledPlace } from './filled.ts';
import { flawsOf, shown } from './flaws.ts';
import { signIn } from './signed-in.ts';

const place = filledPlace(async (context) => [...(await linked(context)), '/profile', '/device', '/nothing-here']);

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

test(
  'every page of the navigation is accessible as far as a machine can tell, fits a phone, and complains of nothing',
  { timeout: 300_000 },
  async () => {
    expect(await flawsOf(place())).toEqual([]);
  },
);

test('the keyboard alone leads from the first page to the log of a run', async () => {
  const { browser, portal } = place();
  const context = await signIn(browser, portal.base, { viewport: { width: 1280, height: 900 } });
  const { page } = await shown(context, '/');
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
