import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { openBrowser } from '../setup/browser.ts';
import { startPortal, type PortalProcess } from '../setup/portal-process.ts';
import { signIn } from './signed-in.ts';

let portal: PortalProcess;
let browser: Browser;
beforeAll(async () => {
  [portal, browser] = await Promise.all([
    // A signed-in person may ask ten times as often as a key: fifty times a minute here.
    startPortal({ administrator: true, env: { JOB_PORTAL_RATE_PER_MINUTE: '5' } }),
    openBrowser(inject('chromiumPath')),
  ]);
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

test('a page whose code does not arrive says so, and loads it again', async () => {
  const context = await signIn(browser, portal.base);
  const page = await context.newPage();
  await page.goto('/');
  await page.locator('h1').waitFor();
  let broken = true;
  await page.route(/\/assets\/runs-/, (route) => (broken ? route.abort() : route.continue()));
  await page.getByRole('link', { name: 'Runs', exact: true }).first().click();
  await page.getByRole('heading', { level: 1, name: 'This page cannot be shown' }).waitFor();
  broken = false;
  await page.getByRole('button', { name: 'Load it again' }).click();
  await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
  await context.close();
});

test('the files of a page count towards no limit of requests; calls do', async () => {
  const start = await (await fetch(`${portal.base}/`, { headers: { accept: 'text/html' } })).text();
  const file = /\/assets\/[\w.-]+\.js/.exec(start)?.[0] ?? 'none';
  const many = async (path: string): Promise<number[]> => {
    const answers = await Promise.all(Array.from({ length: 60 }, () => fetch(`${portal.base}${path}`)));
    await Promise.all(answers.map((answer) => answer.text()));
    return [...new Set(answers.map(({ status }) => status))];
  };
  expect(await many(file)).toEqual([200]);
  expect(await many('/api/health/live')).toContain(429);
});
