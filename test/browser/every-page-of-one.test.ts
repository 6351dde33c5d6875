import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBrowser } from '../setup/browser.ts';
import type { PortalProcess } from '../setup/portal-process.ts';
import { fill } from './filled.ts';
import { flawsOf } from './flaws.ts';
import { signIn, startSignedIn } from './signed-in.ts';

let portal: PortalProcess;
let browser: Browser;
let paths: readonly string[];
beforeAll(async () => {
  [portal, browser] = await Promise.all([startSignedIn(), openBrowser(inject('chromiumPath'))]);
  const context = await signIn(browser, portal.base);
  const forms = ['/jobs/new', '/calendars/new?kind=holiday', '/calendars/new?kind=blackout'];
  paths = [...(await fill(context, portal)), ...forms];
  await context.close();
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

test(
  'every page of one thing, and every form, is accessible as far as a machine can tell, fits a phone, and complains of nothing',
  { timeout: 300_000 },
  async () => {
    expect(await flawsOf(browser, portal, paths)).toEqual([]);
  },
);
