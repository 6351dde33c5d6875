import type { Page } from 'playwright-core';

/** Where to leave pictures of what is seen; none when it is not named. */
const folder = process.env['JTP_TEST_PICTURES'];

/** Leaves pictures of a page, named by what is tested, what is seen, and how it is looked at. */
export const picturesOf =
  (page: Page, { of, look }: { readonly of: string; readonly look: string }) =>
  async (name: string): Promise<void> => {
    if (folder !== undefined)
      await page.screenshot({ path: `${folder}/${[of, name, look].filter(Boolean).join('-')}.png`, fullPage: true });
  };
