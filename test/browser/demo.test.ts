import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import { startPortal, type PortalProcess } from '../setup/portal-process.ts';
import { inTheDark, signIn } from './signed-in.ts';

let portal: PortalProcess;
let browser: Browser;
beforeAll(async () => {
  [portal, browser] = await Promise.all([
    startPortal({ administrator: true, env: { JOB_PORTAL_DEMO: 'true' } }),
    openBrowser(inject('chromiumPath')),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const paths = ['/', '/jobs', '/runs', '/admin/settings'];

async function settled(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.locator('h1').first().waitFor();
  await expect.poll(() => page.locator('[aria-busy="true"]').count(), { timeout: 10_000 }).toBe(0);
}

// One after the other: what the first look at is gone after the last.
test(
  'a filled installation is accessible, fits a phone, and is emptied by one click',
  { timeout: 240_000 },
  async () => {
    const wide = await signIn(browser, portal.base, { colorScheme: 'light', reducedMotion: 'reduce' });
    for (const path of paths) {
      const page = await wide.newPage();
      await settled(page, path);
      const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
      await inTheDark(page);
      const { violations: dark } = await new AxeBuilder({ page }).withTags(tags).analyze();
      expect([...violations, ...dark].map(({ id, nodes }) => [path, id, nodes[0]?.target])).toEqual([]);
      await page.close();
    }
    await wide.close();

    const phone = await signIn(browser, portal.base, { viewport: { width: 320, height: 740 }, isMobile: true });
    for (const path of paths) {
      const page = await phone.newPage();
      await settled(page, path);
      const overhang = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect([path, overhang]).toEqual([path, 0]);
      await page.close();
    }
    await phone.close();

    const context = await signIn(browser, portal.base, { viewport: { width: 1280, height: 900 } });
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    await settled(page, '/jobs');
    expect(await page.getByText('demo', { exact: true }).count()).toBeGreaterThan(10);
    await settled(page, '/');
    await page.getByText('This installation holds demo data: 20 jobs').waitFor();
    await page.getByRole('button', { name: 'Remove demo data' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/20 jobs with [\d,]+ runs/).waitFor();
    await dialog.getByRole('button', { name: 'Remove demo data' }).click();
    await dialog.waitFor({ state: 'hidden', timeout: 60_000 });
    await page.getByText('No run has ended yet.').waitFor();
    expect(await page.getByText('This installation holds demo data').count()).toBe(0);

    await page.getByRole('button', { name: 'Watch a first run' }).click();
    await page.getByRole('progressbar', { name: 'Reported progress' }).waitFor({ timeout: 30_000 });
    await page.getByText('Succeeded', { exact: true }).first().waitFor({ timeout: 30_000 });
    await page.getByRole('log').getByText('✓ Done.').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  },
);
