import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import type { PortalProcess } from '../setup/portal-process.ts';
import { ranJob, signIn, startSignedIn, type Made } from './signed-in.ts';

const many = 200_000;
const longScript = `
const out = [];
for (let n = 1; n <= ${many}; n += 1) out.push(n === 150000 ? 'the needle, once' : 'line ' + n + ' of a long output');
process.stdout.write(out.join('\\n') + '\\n');
`;
const hostileScript = `
console.log('<img src=x onerror="document.title=1"><script>document.title=2</script>');
console.log('\\u001b[1;31mred and bold\\u001b[0m \\u001b]8;;javascript:alert(1)\\u0007a link\\u001b]8;;\\u0007 \\u001b[2Jafter');
console.log('10 %\\r50 %\\r100 %');
console.error('something went wrong');
console.log('x'.repeat(20000) + 'END');
process.exit(3);
`;

let portal: PortalProcess;
let browser: Browser;
let context: BrowserContext;
let long: Made;
let hostile: Made;
beforeAll(async () => {
  [portal, browser] = await Promise.all([startSignedIn(), openBrowser(inject('chromiumPath'))]);
  context = await signIn(browser, portal.base, { viewport: { width: 1280, height: 900 } });
  long = await ranJob(context, portal, 'long', longScript);
  hostile = await ranJob(context, portal, 'hostile', hostileScript);
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

async function open(path: string): Promise<{ readonly page: Page; readonly complaints: readonly string[] }> {
  const page = await context.newPage();
  const complaints = complaintsOf(page);
  await page.goto(path);
  await page.getByRole('log').waitFor();
  return { page, complaints };
}
const row = (page: Page, line: number) => page.locator(`[data-line="${line}"]`);

describe('a log of 200,000 lines', () => {
  test('opens at its end at once, with few rows and few questions', async () => {
    const page = await context.newPage();
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/log?')) asked.push(request.url());
    });
    const before = performance.now();
    await page.goto(`/runs/${long.runId}`);
    await row(page, many).getByText(`line ${many} of a long output`).waitFor();
    expect(performance.now() - before).toBeLessThan(5000);
    await expect.poll(() => row(page, many).isVisible()).toBe(true);
    expect(asked.length).toBeLessThan(4);
    expect(await page.locator('[data-line]').count()).toBeLessThan(120);
    await page.close();
  });

  test('every line can be reached: by the ends, by the wheel, by an address', async () => {
    const { page } = await open(`/runs/${long.runId}#L120-L122`);
    await row(page, 121).getByText('line 121 of a long output').waitFor();
    await page.getByRole('log').focus();
    await page.keyboard.press('g');
    await row(page, 1).getByText('line 1 of a long output').waitFor();
    await page.getByRole('log').hover();
    await page.mouse.wheel(0, 1900);
    await row(page, 101).getByText('line 101 of a long output').waitFor();
    await page.getByRole('log').focus();
    await page.keyboard.press('G');
    await row(page, many).getByText(`line ${many} of a long output`).waitFor();
    await page.close();
  });

  test('search is of the whole log, and wrapped lines keep the hit in view', async () => {
    const { page, complaints } = await open(`/runs/${long.runId}`);
    await page.getByRole('textbox', { name: 'Search the whole log' }).fill('NEEDLE');
    await page.getByText('1 line', { exact: true }).waitFor();
    await page.getByRole('log').focus();
    await page.keyboard.press('w');
    await page.keyboard.press('n');
    await row(page, 150_000).getByText('the needle, once').waitFor();
    expect(await row(page, 150_000).isVisible()).toBe(true);
    expect(complaints).toEqual([]);
    await page.close();
  });
});

describe('hostile output', () => {
  test('stays text: no markup, no link, no escape (SEC-G3)', async () => {
    const { page, complaints } = await open(`/runs/${hostile.runId}`);
    const log = page.getByRole('log');
    await log.getByText('<img src=x onerror="document.title=1">').waitFor();
    expect(await log.locator('img, script, a').count()).toBe(0);
    expect(await log.getByText('red and bold').getAttribute('class')).toBe('jtp-ansi-bold jtp-ansi-red');
    await log.getByText(' a link after').waitFor();
    await log.getByText('100 %', { exact: true }).waitFor();
    expect(await page.title()).toContain('hostile');
    expect(complaints).toEqual([]);
    await page.close();
  });

  test('a failed run says how it ended and what it said last', async () => {
    const { page } = await open(`/runs/${hostile.runId}`);
    const failure = page.locator('[data-part="failure"]');
    await failure.getByText('exit 3').first().waitFor();
    await failure.getByText('something went wrong', { exact: true }).waitFor();
    await page.close();
  });

  test('a cut line shows all of itself when asked', async () => {
    const { page } = await open(`/runs/${hostile.runId}`);
    await page.getByRole('button', { name: 'show all' }).click();
    await page.getByRole('log').getByText('END').waitFor();
    await page.close();
  });
});
