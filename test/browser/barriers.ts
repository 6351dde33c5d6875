import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/**
 * Nothing that a machine can tell is in the way of a person, in either colour scheme, once it is drawn.
 * Asked again until then: what fades in has too little contrast for a moment. One look at a long form takes
 * seconds, on a busy machine ten; the time that all of them may take is far above that.
 */
export async function expectNoBarriers(page: Page): Promise<void> {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'];
  async function found(): Promise<readonly string[]> {
    const { violations } = await new AxeBuilder({ page }).withTags(tags).analyze();
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.failureSummary ?? node.html}`));
  }
  for (const colorScheme of ['dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.locator(`html[data-mantine-color-scheme="${colorScheme}"]`).waitFor();
    await expect.poll(found, { timeout: 60_000 }).toEqual([]);
  }
}
