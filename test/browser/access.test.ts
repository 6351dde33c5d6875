import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import type { PortalProcess } from '../setup/portal-process.ts';
import { picturesOf } from './pictures.ts';
import { headersOf, opened, ranJob, signIn, startSignedIn, type Made } from './signed-in.ts';

let portal: PortalProcess;
let browser: Browser;
let admin: BrowserContext;
let job: Made;
beforeAll(async () => {
  [portal, browser] = await Promise.all([startSignedIn(), openBrowser(inject('chromiumPath'))]);
  admin = await signIn(browser, portal.base);
  job = await ranJob(admin, portal, 'nightly', "console.log('fine');\n");
  const shared = await admin.request.put(`/api/jobs/${job.jobId}/shares`, {
    headers: headersOf(portal.base),
    data: { items: [{ with: 'everyone', level: 'edit' }] },
  });
  expect(shared.ok()).toBe(true);
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

/** Comes in by the link, and says who they are. */
async function accepted(link: string, name: string): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: portal.base });
  const page = await opened(context, new URL(link).pathname + new URL(link).hash);
  await page.getByRole('heading', { name: 'You are invited' }).waitFor();
  await picturesOf(page, { of: 'access', look: 'wide' })('invitation');
  await page.getByLabel('Name').fill(name);
  await page.getByRole('textbox', { name: 'Password' }).fill('correct horse battery');
  await page.getByRole('button', { name: 'Create my account' }).click();
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  await page.close();
  return context;
}

test('somebody is invited, sees what a viewer may, gets another role, and is shut out (R-273, R-175)', async () => {
  const page = await opened(admin, '/admin/users');
  const pictures = picturesOf(page, { of: 'access', look: 'wide' });
  const complaints = complaintsOf(page);
  await page.getByText('Nobody is invited.').waitFor();
  await page.getByRole('button', { name: 'Invite somebody' }).click();
  await page.getByLabel('E-mail').fill('tom@example.org');
  await pictures('invite');
  await page.getByRole('button', { name: 'Make a link' }).click();
  await page.getByText('The link is shown only now').waitFor();
  await pictures('link');
  const link = await page.getByText('/invitation#token=').innerText();
  await page.getByRole('button', { name: 'I have it' }).click();
  await page.getByRole('button', { name: 'New link for tom@example.org' }).first().waitFor();
  const tom = await accepted(link, 'Tom');

  const seen = await opened(tom, `/jobs/${job.jobId}`);
  const run = seen.getByRole('button', { name: 'Run now' }).first();
  expect(await run.isDisabled()).toBe(true);
  expect(await run.getAttribute('title')).toContain('needs the role operator');
  const edit = seen.getByRole('button', { name: 'Edit' });
  expect([await edit.isDisabled(), await edit.getAttribute('title')]).toEqual([
    true,
    expect.stringContaining('needs the role editor'),
  ]);
  await picturesOf(seen, { of: 'access', look: 'wide' })('job-as-viewer');
  const navigation = seen.getByRole('navigation', { name: 'Main' });
  expect(await navigation.getByRole('link', { name: 'Users' }).count()).toBe(0);
  expect(await navigation.getByRole('link', { name: 'Keys' }).count()).toBe(1);
  await seen.goto('/admin/users');
  await seen.getByText('This needs the role admin; you are viewer.').first().waitFor();
  await picturesOf(seen, { of: 'access', look: 'wide' })('users-as-viewer');

  await page.reload();
  await page.getByRole('button', { name: 'Change Tom' }).first().click();
  await page.getByRole('menuitem', { name: 'Role …' }).click();
  await page.getByRole('dialog').getByLabel('Role').selectOption('operator');
  await pictures('rights');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Tom is operator. It counts at once.').waitFor();

  await page.getByRole('button', { name: 'Change Tom' }).first().click();
  await page.getByRole('menuitem', { name: 'View as them' }).click();
  const banner = page.getByRole('region', { name: 'View as' });
  await banner.getByText('You see everything as Tom does').waitFor();
  await pictures('view-as');
  expect(await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Users' }).count()).toBe(0);
  await page.goto(`/jobs/${job.jobId}`);
  await banner.waitFor();
  await page.getByRole('button', { name: 'Run now' }).first().click();
  await page.getByText('You look at everything as Tom sees it').first().waitFor();
  await banner.getByRole('button', { name: 'End view' }).click();
  await page.getByRole('heading', { level: 1, name: 'Users' }).waitFor();
  await banner.waitFor({ state: 'detached' });
  await seen.goto(`/jobs/${job.jobId}`);
  await seen.getByRole('button', { name: 'Run now' }).first().waitFor();
  expect(await seen.getByRole('button', { name: 'Run now' }).first().isDisabled()).toBe(false);

  await page.getByRole('button', { name: 'Change Tom' }).first().click();
  await page.getByRole('menuitem', { name: 'Shut out …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Shut out' }).click();
  await page.getByText('Tom is shut out.').waitFor();
  await pictures('users');
  await seen.reload();
  await seen.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.getByRole('button', { name: 'Change mei' }).first().click();
  await page.getByRole('menuitem', { name: 'Delete account …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete account' }).click();
  await page.getByText('mei is the last administrator.').waitFor();
  await pictures('last');
  expect(complaints.filter((said) => !/40[39]/.test(said))).toEqual([]);
  await tom.close();
  await page.close();
});

test('a key is made, shown once with a call that works, and revoked (R-174)', async () => {
  const page = await opened(admin, '/admin/keys');
  const pictures = picturesOf(page, { of: 'access', look: 'wide' });
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByLabel('Name').fill('deploy');
  await page.getByRole('checkbox', { name: 'run', exact: true }).check();
  await pictures('make-key');
  await page.getByRole('button', { name: 'Make key' }).click();
  const key = await page.getByText(/^jtp_\w+$/).innerText();
  await pictures('key');
  const headers = { authorization: `Bearer ${key}` };
  expect((await fetch(`${portal.base}/api/jobs`, { headers })).status).toBe(200);
  await page.getByRole('button', { name: 'I have it' }).click();
  await page.getByRole('button', { name: 'Revoke deploy' }).first().waitFor();
  await pictures('keys');
  expect(await page.getByText(key).count()).toBe(0);
  await page.getByRole('button', { name: 'Revoke deploy' }).first().click();
  await page.getByRole('button', { name: 'Revoke key' }).click();
  await page.getByText('No key yet.').waitFor();
  expect((await fetch(`${portal.base}/api/jobs`, { headers })).status).toBe(401);
  await page.goto('/admin/roles');
  await page.getByLabel('Find what somebody may').fill('run job');
  await pictures('roles');
  await page.goto('/profile');
  await page.getByText('(here)').first().waitFor();
  await pictures('profile');
  await page.close();
});

test('a threshold is changed while everything runs, and put back; what the start was given is not changed here (R-290)', async () => {
  const page = await opened(admin, '/admin/settings');
  const pictures = picturesOf(page, { of: 'settings', look: 'wide' });
  await page.getByRole('searchbox', { name: 'Search' }).fill('breaker.consecutive');
  await page.getByRole('button', { name: 'Change breaker.consecutive' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Value').fill('101');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await dialog.getByText('101 is outside 0-100').waitFor();
  await dialog.getByLabel('Value').fill('4');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('breaker.consecutive is 4.').waitFor();
  await page.getByText('this page', { exact: true }).first().waitFor();
  await pictures('changed');
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByText('breaker.consecutive is as it was.').waitFor();
  await page.getByRole('searchbox', { name: 'Search' }).fill('data_dir');
  await page.getByText('JOB_PORTAL_DATA_DIR=').first().waitFor();
  expect(await page.getByRole('button', { name: 'Change data_dir' }).count()).toBe(0);
  await page.close();
});
