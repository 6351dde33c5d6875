import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, inject } from 'vitest';
import { openBrowser } from '../setup/browser.ts';
import type { PortalProcess } from '../setup/portal-process.ts';
import { headersOf, ranJob, signIn, startSignedIn, type Made } from './signed-in.ts';

const ofRun = ({ jobId, runId }: Made): string[] => [
  `/jobs/${jobId}`,
  `/runs/${runId}`,
  `/runs/${runId}?tab=parameters`,
  `/runs/${runId}?tab=result`,
  `/runs/${runId}?tab=attempts`,
];

/** The id of what is made there. */
const made = async (context: BrowserContext, base: string, path: string, data: object): Promise<string> => {
  const answer = await context.request.post(path, { data, headers: headersOf(base) });
  if (!answer.ok()) throw new Error(`${path} was refused: ${await answer.text()}`);
  return ((await answer.json()) as { id: string }).id;
};

/** A calendar with whole days and half ones. */
async function calendarOf(context: BrowserContext, base: string): Promise<string> {
  const holidays = [
    { date: '12-24', name: 'Christmas Eve', closed_from: '12:00' },
    { date: '12-25', name: 'Christmas Day' },
  ];
  return `/calendars/${await made(context, base, '/api/calendars', { kind: 'holiday', name: 'Office', holidays })}`;
}

async function monitorOf(context: BrowserContext, base: string): Promise<string> {
  const id = await made(context, base, '/api/monitors', { name: 'Mail queue', period_seconds: 600 });
  const { ping_path: path } = (await (await context.request.get(`/api/monitors/${id}`)).json()) as {
    ping_path: string;
  };
  await context.request.post(`${path}/3`, { data: 'no such table', headers: { 'content-type': 'text/plain' } });
  return `/monitors/${id}`;
}

const webhookOf = async (context: BrowserContext, base: string): Promise<string> =>
  `/admin/webhooks/${await made(context, base, '/api/webhooks', { name: 'Channel', url: 'https://example.org/hook' })}`;

/** Of a job that is shared with a team, which then stands on the page of teams. */
async function sharedTab(context: BrowserContext, base: string, { jobId }: Made): Promise<string> {
  const headers = headersOf(base);
  await context.request.put('/api/teams/Night', { data: { members: ['mei@example.org'] }, headers });
  const items = [{ with: 'team', team: 'Night', level: 'run' }];
  const answer = await context.request.put(`/api/jobs/${jobId}/shares`, { data: { items }, headers });
  if (!answer.ok()) throw new Error(`The share was refused: ${await answer.text()}`);
  return `/jobs/${jobId}?tab=sharing`;
}

/** Make something of each kind that a portal keeps, and tell the pages on which each stands alone. */
async function fill(context: BrowserContext, portal: PortalProcess): Promise<readonly string[]> {
  const { base } = portal;
  const good = await ranJob(
    context,
    portal,
    'good',
    "console.log('\\u001b[32mfine\\u001b[0m \\u001b[93mand \\u001b[44mwell\\u001b[0m');\n",
  );
  const bad = await ranJob(context, portal, 'bad', "console.error('no such table'); process.exit(1);\n");
  return [
    ...ofRun(good),
    ...ofRun(bad),
    `/jobs/${good.jobId}/edit`,
    await calendarOf(context, base),
    await monitorOf(context, base),
    await webhookOf(context, base),
    await sharedTab(context, base, good),
  ];
}

export interface FilledPlace {
  readonly portal: PortalProcess;
  readonly browser: Browser;
  /** Pages to be looked at. */
  readonly paths: readonly string[];
}

/**
 * A portal with something of each kind, and a browser: made before the first test, closed after the last.
 *
 * @param pathsOf chooses the pages, of those on which something stands alone and others
 */
export function filledPlace(
  pathsOf: (context: BrowserContext, alone: readonly string[]) => Promise<readonly string[]>,
): () => FilledPlace {
  let [portal, browser]: [PortalProcess?, Browser?] = [];
  let paths: readonly string[] = [];
  beforeAll(async () => {
    [portal, browser] = await Promise.all([startSignedIn(), openBrowser(inject('chromiumPath'))]);
    const context = await signIn(browser, portal.base);
    paths = await pathsOf(context, await fill(context, portal));
    await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await portal?.stop();
  });
  return () => {
    if (portal === undefined || browser === undefined) throw new Error('The place is made before the first test.');
    return { portal, browser, paths };
  };
}
