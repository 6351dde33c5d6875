import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { administrator, startPortal, type PortalProcess } from '../setup/portal-process.ts';

/** What a page of the portal sends with a change. */
export const headersOf = (base: string) => ({ 'x-jtp-csrf': '1', origin: base });

/** A context whose cookie is that of the administrator. */
export async function signIn(
  browser: Browser,
  base: string,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: base, ...options });
  const answer = await context.request.post('/api/auth/login', { data: administrator, headers: headersOf(base) });
  if (!answer.ok()) throw new Error(`Signing in failed: ${answer.status()} ${await answer.text()}`);
  return context;
}

/** A page that shows its heading. */
export async function opened(context: BrowserContext, path: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(path);
  await page.locator('h1').waitFor();
  return page;
}

export interface Made {
  readonly jobId: string;
  readonly runId: string;
}

/** A job whose script has this text, with one run of it that has ended. */
export async function ranJob(
  context: BrowserContext,
  portal: PortalProcess,
  name: string,
  script: string,
  seconds = 60,
): Promise<Made> {
  const headers = headersOf(portal.base);
  writeFileSync(join(portal.dataDir, 'scripts', `${name}.mjs`), script);
  const made = await context.request.post('/api/jobs', {
    data: { name, type: 'script', config: { script: `${name}.mjs` } },
    headers,
  });
  if (!made.ok()) throw new Error(`The job was refused: ${await made.text()}`);
  const { id: jobId } = (await made.json()) as { id: string };
  const accepted = await context.request.post(`/api/jobs/${jobId}/run`, { data: {}, headers });
  const { run_id: runId } = (await accepted.json()) as { run_id: string };
  for (let tries = 0; tries < seconds * 10; tries += 1) {
    const answer = await context.request.get(`/api/runs/${runId}`);
    if (!answer.ok()) throw new Error(`The run of ${name} cannot be read: ${await answer.text()}`);
    const run = (await answer.json()) as { ended_at: string | null };
    if (run.ended_at !== null) return { jobId, runId };
    await rest(100);
  }
  throw new Error(`The run of ${name} did not end.`);
}

/** Without a limit of requests: a test opens pages faster than anybody does. */
export const startSignedIn = (): Promise<PortalProcess> =>
  startPortal({ administrator: true, env: { JOB_PORTAL_RATE_PER_MINUTE: '0' } });

/** The evening comes: the page turns dark as it stands, and is looked at when no colour is on its way any more. */
export async function inTheDark(page: Page): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.locator('html[data-mantine-color-scheme=dark]').waitFor();
  await nextFrame(page);
  const underway = () =>
    page.evaluate(() => document.getAnimations().filter((motion) => motion instanceof CSSTransition).length);
  for (let looks = 0; looks < 60 && (await underway()) > 0; looks += 1) await nextFrame(page);
}

/** Until what was changed has been painted. */
export function nextFrame(page: Page): Promise<void> {
  return page.evaluate(
    () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
  );
}
