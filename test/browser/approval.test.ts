import { existsSync, readFileSync, writeFileSync } from 'node:fs';
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
  const env = {
    JOB_PORTAL_RATE_PER_MINUTE: '0',
    JOB_PORTAL_REQUIRE_SCRIPT_APPROVAL: 'true',
    JOB_PORTAL_SCRIPTS_ALLOW_EDITING: 'true',
  };
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

test('a script is written, changed over a newer one only on purpose, brought back and deleted in the browser (K-36)', async () => {
  const file = 'reports/daily.py';
  const onDisk = join(portal.dataDir, 'scripts', file);
  const text = (): string => readFileSync(onDisk, 'utf8');
  const page = await opened(tom, '/scripts/new');
  const complaints = complaintsOf(page);
  const pictures = picturesOf(page, { of: 'editing', look: 'wide' });
  await page.getByLabel('Path').fill('../daily.py');
  const field = page.getByRole('textbox', { name: 'What the new script holds' });
  await field.fill('#!/usr/bin/env python3\ndef report():\n    print("one")\n');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('does not lie in the scripts folder').waitFor();
  await pictures('new');
  await page.getByLabel('Path').fill(file);
  await field.press('Control+End');
  await field.press('Tab');
  await field.pressSequentially('return 1');
  await page.keyboard.press('Control+s');
  await page.getByText('Another person has to approve it before jobs run it.').waitFor();
  await page.getByRole('heading', { level: 1, name: file }).waitFor();
  expect(text()).toBe('#!/usr/bin/env python3\ndef report():\n    print("one")\n    return 1');
  await pictures('file');

  await page.getByRole('button', { name: 'Edit' }).click();
  const editor = page.getByRole('textbox', { name: `What ${file} holds` });
  await editor.fill('print("mine")\n');
  writeFileSync(onDisk, 'print("theirs")\n');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Somebody changed it meanwhile').waitFor();
  await pictures('conflict');
  expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual(
    [],
  );
  page.once('dialog', (dialog) => void dialog.dismiss());
  await page.getByRole('navigation', { name: 'Breadcrumb' }).getByRole('link', { name: 'Scripts' }).click();
  await page.getByRole('button', { name: 'Write mine over it' }).click();
  await page.getByRole('button', { name: 'Edit', exact: true }).waitFor();
  expect(text()).toBe('print("mine")\n');

  // By key: what was said of the save may still lie over it.
  await page.getByRole('button', { name: 'Edit from version 1' }).filter({ visible: true }).press('Enter');
  await page.setInputFiles('input[type=file]', {
    name: 'x.py',
    mimeType: 'text/plain',
    buffer: Buffer.from('a\r\nb\r\n'),
  });
  await page.getByLabel('Lines end with CR LF').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Its lines end with CR LF').waitFor();
  expect(text()).toBe('a\r\nb\r\n');
  await page.emulateMedia({ colorScheme: 'dark' });
  await page.setViewportSize({ width: 375, height: 812 });
  const narrow = picturesOf(page, { of: 'editing', look: 'narrow-dark' });
  await narrow('file');
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await narrow('editor');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await narrow('delete');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText(`${file} is deleted.`).waitFor();
  expect(existsSync(onDisk)).toBe(false);
  await page.getByRole('heading', { level: 1, name: 'Scripts' }).waitFor();
  await narrow('list');
  // The path that was refused, and what somebody else had changed.
  expect(complaints.filter((complaint) => !/status of 4(?:22|12)/.test(complaint))).toEqual([]);
  expect(complaints).toHaveLength(2);
});
