/** A page in a real browser: when it became useful, and what travelled until then. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { findChromium, openBrowser } from '../test/setup/browser.ts';
import { signIn } from '../test/browser/signed-in.ts';

export interface PageLoad {
  /** From the start of the navigation. */
  readonly usefulMs: number;
  /** Bytes on the wire before that, headers left out. */
  readonly scriptBytes: number;
  readonly styleBytes: number;
}

export async function openBenchBrowser(): Promise<{ readonly browser: Browser; readonly version: string }> {
  const browser = await openBrowser(await findChromium(process.env));
  return { browser, version: browser.version() };
}

const viewport = { width: 1440, height: 900 };

/** Signs in once; each context has the administrator's cookie and an empty cache. */
export async function contexts(browser: Browser, base: string): Promise<() => Promise<BrowserContext>> {
  const first = await signIn(browser, base);
  const storageState = await first.storageState();
  await first.close();
  return () => browser.newContext({ baseURL: base, viewport, storageState });
}

/**
 * Opens `path`. `isUseful` is asked in the page before each frame, and a frame is drawn after its yes: what it saw is
 * then on the screen.
 */
export async function loadPage(page: Page, path: string, isUseful: string): Promise<PageLoad> {
  const bytes = { script: 0, style: 0 };
  const kinds = new Map<string, 'script' | 'style'>();
  const session = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  session.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') kinds.set(requestId, 'script');
    if (type === 'Stylesheet') kinds.set(requestId, 'style');
  });
  session.on('Network.dataReceived', ({ requestId, encodedDataLength }) => {
    const kind = kinds.get(requestId);
    if (kind !== undefined) bytes[kind] += encodedDataLength;
  });
  await page.goto(path, { waitUntil: 'commit' });
  const usefulMs = await page.evaluate<number>(`new Promise((resolve) => {
    const isUseful = ${isUseful};
    const look = () => isUseful()
      ? requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
      : requestAnimationFrame(look);
    look();
  })`);
  await session.detach();
  return { usefulMs, scriptBytes: bytes.script, styleBytes: bytes.style };
}
