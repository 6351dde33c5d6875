import { AxeBuilder } from '@axe-core/playwright';
import type { BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { complaintsOf } from '../setup/browser.ts';
import type { FilledPlace } from './filled.ts';
import { inTheDark, nextFrame, signIn } from './signed-in.ts';

const ofColours = ['color-contrast', 'link-in-text-block'];
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

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
export async function shown(context: BrowserContext, path: string) {
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(path);
  await page.locator('h1').first().waitFor();
  await expect.poll(() => page.locator('[aria-busy="true"]').count(), { timeout: 10_000 }).toBe(0);
  return { page, complaints };
}

/** What is wrong with a page: what a machine finds inaccessible, in light and dark; where it is too wide for a phone; what it complains of. */
async function flawsOfPage(context: BrowserContext, path: string): Promise<readonly string[]> {
  const { page, complaints } = await shown(context, path);
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
}

/** What is wrong with these pages, for the administrator. */
export async function flawsOf({ browser, portal, paths }: FilledPlace): Promise<readonly string[]> {
  const viewport = { width: 1280, height: 900 };
  const context = await signIn(browser, portal.base, { colorScheme: 'light', reducedMotion: 'reduce', viewport });
  const found: string[] = [];
  for (const path of paths) found.push(...(await flawsOfPage(context, path)));
  await context.close();
  return found;
}
