import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import { startPortal, type PortalProcess } from '../setup/portal-process.ts';
import { picturesOf } from './pictures.ts';
import { headersOf, signIn } from './signed-in.ts';

const path = 'nightly-backup.sh';
const lines = (...changed: readonly string[]): string =>
  [
    '#!/bin/sh',
    '# Copies the database to where it is kept.',
    'set -eu',
    'target="${1:-/var/backups}"',
    ...Array.from({ length: 12 }, (_, nth) => `test -d "$target/${nth}" || mkdir -p "$target/${nth}"`),
    ...changed,
    'echo "Done: $target"',
    '',
  ].join('\n');

let portal: PortalProcess;
let browser: Browser;
let admin: BrowserContext;
let tom: BrowserContext;
let jobId: string;

const write = (text: string): void => writeFileSync(join(portal.dataDir, 'scripts', path), text, { mode: 0o755 });

/** Somebody who edits, with a job that names the script. */
async function author(): Promise<void> {
  const headers = headersOf(portal.base);
  const invitation = { email: 'tom@example.org', role: 'editor', approver: true };
  const made = await admin.request.post('/api/invitations', { data: invitation, headers });
  const { token } = (await made.json()) as { token: string };
  tom = await browser.newContext({ baseURL: portal.base });
  const said = { token, name: 'Tom', password: 'correct horse battery', timezone: 'UTC' };
  await tom.request.post('/api/auth/invitation/accept', { data: said, headers });
  const schedules = [{ kind: 'daily', times: ['02:00'], timezone: 'UTC' }];
  const job = { name: 'nightly-backup', type: 'script', config: { script: path }, schedules };
  const answer = await tom.request.post('/api/jobs', { data: job, headers });
  jobId = ((await answer.json()) as { id: string }).id;
}

beforeAll(async () => {
  const env = { JOB_PORTAL_RATE_PER_MINUTE: '0', JOB_PORTAL_REQUIRE_SCRIPT_APPROVAL: 'true' };
  [portal, browser] = await Promise.all([
    startPortal({ administrator: true, env }),
    openBrowser(inject('chromiumPath')),
  ]);
  admin = await signIn(browser, portal.base);
  write(lines('tar -cf "$target/all.tar" /srv/data'));
  await author();
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

async function opened(context: BrowserContext, to: string): Promise<Page> {
  const page = await context.newPage();
  await page.goto(to);
  await page.locator('h1').waitFor();
  return page;
}

/** The list until it shows what a keeper is to see, some seconds later. */
async function seen(page: Page, words: string): Promise<void> {
  await page.goto('/scripts');
  for (let tries = 0; tries < 20 && (await page.getByText(words).count()) === 0; tries += 1) {
    await page.reload();
    await page.getByRole('heading', { level: 1, name: 'Scripts' }).waitFor();
  }
  await page.getByText(words).first().waitFor({ timeout: 40_000 });
}

async function approve(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await page.getByText(`${path}: approved.`).waitFor();
}

test('a script is reviewed and approved, changes, is told of before it is due, and is reviewed again (R-179)', async () => {
  const page = await opened(admin, '/scripts');
  const complaints = complaintsOf(page);
  const pictures = picturesOf(page, { of: 'approval', look: 'wide' });
  await seen(page, 'Never approved');
  await pictures('list');
  await page.getByRole('link', { name: path }).first().click();
  await page.getByRole('heading', { level: 1, name: path }).waitFor();
  await page.getByText('Made part of a job by Tom, who does not approve it.').waitFor();
  await page.getByRole('button', { name: 'Comment on line 4' }).click();
  await page.getByRole('textbox', { name: 'Comment on line 4' }).fill('Is it always there?');
  await page.getByRole('button', { name: 'Say it' }).first().click();
  await page.getByText('Is it always there?').first().waitFor();
  await pictures('first');
  await page.keyboard.press('a');
  await approve(page);

  write(lines('export API_KEY="abcdefgh12345678"', '. ./lib.sh', 'tar -czf "$target/all.tgz" /srv/data'));
  // A change of a job has the scripts looked at.
  await tom.request.patch(`/api/jobs/${jobId}`, { data: { tags: ['db'] }, headers: headersOf(portal.base) });
  await seen(page, 'Changed, not approved');
  await page.goto(`/jobs/${jobId}`);
  await page.getByText(`${path}: changed, not approved`).waitFor();
  await pictures('job');
  await page.getByRole('link', { name: 'Review' }).first().click();
  await page.getByRole('heading', { name: 'Changed since version 1' }).waitFor();
  await page.getByText('Line 17: Looks like a secret.').waitFor();
  await page.keyboard.press(']');
  await page.getByText('Change 1 of 1').waitFor();
  await pictures('changed');
  expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual(
    [],
  );
  await page.getByText('Unified').click();
  await pictures('unified');

  const own = await tom.newPage();
  await own.setViewportSize({ width: 375, height: 812 });
  await own.emulateMedia({ colorScheme: 'dark' });
  await own.goto(page.url());
  await own.getByText('another person has to approve it').waitFor();
  expect(await own.getByRole('button', { name: 'Approve' }).isDisabled()).toBe(true);
  await picturesOf(own, { of: 'approval', look: 'narrow-dark' })('author');
  await own.goto('/scripts');
  await own.getByText('Changed, not approved').last().waitFor();
  await picturesOf(own, { of: 'approval', look: 'narrow-dark' })('list');
  await own.goto(`/jobs/${jobId}/edit`);
  await own.getByText('Changed, not approved').first().waitFor();
  await picturesOf(own, { of: 'approval', look: 'narrow-dark' })('editor');

  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Attention' }).click();
  await page.getByText(`${path} awaits approval`).first().waitFor({ timeout: 40_000 });
  await page.getByText('nightly-backup is next due').first().waitFor();
  await pictures('attention');
  await page.getByRole('link', { name: 'Review script' }).first().click();
  await page.getByRole('button', { name: 'Reject' }).click();
  expect(await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).isDisabled()).toBe(true);
  await page.getByLabel('Note').fill('The key belongs into a secret.');
  await pictures('reject');
  await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
  await page.getByText('No job runs it as it is.').first().waitFor();
  await page.emulateMedia({ colorScheme: 'dark' });
  await picturesOf(page, { of: 'approval', look: 'dark' })('rejected');
  expect(complaints).toEqual([]);
});
