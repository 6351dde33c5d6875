import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { codeAt } from '../../packages/portal/src/test-one-time-code.ts';
import { complaintsOf, openBrowser } from '../setup/browser.ts';
import { administrator, type PortalProcess } from '../setup/portal-process.ts';
import { picturesOf } from './pictures.ts';
import { startSignedIn } from './signed-in.ts';

let portal: PortalProcess;
let browser: Browser;
let context: BrowserContext;
let page: Page;
beforeAll(async () => {
  [portal, browser] = await Promise.all([startSignedIn(), openBrowser(inject('chromiumPath'))]);
  // Passkeys are for names, and the address is a number.
  context = await browser.newContext({ baseURL: portal.base.replace('127.0.0.1', 'localhost') });
  page = await context.newPage();
});
afterAll(async () => {
  await browser?.close();
  await portal?.stop();
});

/** As it is seen on a desk and on a phone, by day and by night. */
async function pictures(name: string): Promise<void> {
  if (process.env['JTP_TEST_PICTURES'] === undefined) return;
  for (const colorScheme of ['light', 'dark'] as const)
    for (const [look, width] of [
      ['wide', 1440],
      ['phone', 375],
    ] as const) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 900 });
      await picturesOf(page, { of: 'sign-in-methods', look: `${look}-${colorScheme}` })(name);
    }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize({ width: 1440, height: 900 });
}

/** An authenticator that checks its person, and says yes. */
async function plugIn(): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send('WebAuthn.enable');
  await session.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      transport: 'internal',
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** As if everybody had signed in long ago. */
function growOld(): void {
  const database = new DatabaseSync(join(portal.dataDir, 'portal.db'), { timeout: 5000 });
  database.exec('UPDATE sign_ins SET proven_at = 0');
  database.close();
}

async function giveThePassword(): Promise<void> {
  await page.getByLabel('E-mail').fill(administrator.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(administrator.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

const isIn = () => page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();

async function signOut(): Promise<void> {
  await page.getByRole('button', { name: /^Menu of/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
}

test('codes and a passkey are set up, come in, and prove who is there (R-174, SEC-A15)', async () => {
  const complaints = complaintsOf(page);
  await plugIn();
  await page.goto('/sign-in');
  await giveThePassword();
  await isIn();

  await page.goto('/profile');
  await page.getByText('Off. An app on your phone').waitFor();
  await pictures('profile-off');
  await page.getByRole('button', { name: 'Set up' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('img', { name: 'The key as a picture for an app' }).waitFor();
  await pictures('codes');
  const secret = (await dialog.locator('code').innerText()).replaceAll(' ', '');
  await dialog.getByLabel('One-time code').fill(codeAt(secret, Date.now()));
  await dialog.getByRole('button', { name: 'Turn on' }).click();
  await dialog.getByText('The recovery codes are shown only now').waitFor();
  await pictures('recovery');
  const codes = await dialog.getByRole('list', { name: 'Recovery codes' }).getByRole('listitem').allInnerTexts();
  expect(codes).toHaveLength(10);
  await dialog.getByRole('button', { name: 'I have them' }).click();

  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('laptop');
  await pictures('add-passkey');
  await page.getByRole('dialog').getByRole('button', { name: 'Go on' }).click();
  await page.getByText('Added the passkey laptop.').waitFor();
  await page.getByRole('button', { name: 'Rename laptop' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill('the old laptop');
  await pictures('rename-passkey');
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
  await page.getByText('The passkey is called the old laptop now.').waitFor();
  await page.getByRole('button', { name: 'Remove the old laptop' }).first().waitFor();
  await page.getByRole('region', { name: 'What you hold' }).getByText('Waiting runs').first().waitFor();
  await pictures('profile-on');

  await signOut();
  await pictures('sign-in');
  await giveThePassword();
  await page.getByLabel('One-time code').fill('000000');
  await page.getByRole('button', { name: 'Go on' }).click();
  await page.getByText('The code is wrong, or was used already.').waitFor();
  await pictures('second-step');
  await page.getByLabel('One-time code').fill(codes[0] ?? '');
  await page.getByRole('button', { name: 'Go on' }).click();
  await isIn();

  await signOut();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await isIn();

  growOld();
  await page.goto('/admin/keys');
  await page.getByRole('button', { name: 'Make a key' }).click();
  await page.getByLabel('Name').fill('deploy');
  await page.getByRole('checkbox', { name: 'run', exact: true }).check();
  await page.getByRole('button', { name: 'Make key' }).click();
  const proof = page.getByRole('dialog', { name: 'Is it you?' });
  await proof.getByRole('button', { name: 'Use a passkey' }).waitFor();
  await pictures('proof');
  await proof.getByRole('textbox', { name: 'Your password' }).fill('wrong one');
  await proof.getByRole('button', { name: 'Go on' }).click();
  await proof.getByText('is wrong').waitFor();
  await proof.getByRole('button', { name: 'Use a passkey' }).click();
  await page.getByText(/^jtp_\w+$/).waitFor();
  await page.getByRole('button', { name: 'I have it' }).click();

  await page.goto('/admin/users');
  await page.getByText('codes, a passkey').first().waitFor();
  await page
    .getByRole('button', { name: /^Change / })
    .first()
    .click();
  await pictures('users');
  await page.getByRole('menuitem', { name: 'What they hold …' }).click();
  await page.getByRole('dialog').getByText('Waiting runs').first().waitFor();
  await pictures('user-quota');
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  await page
    .getByRole('button', { name: /^Change / })
    .first()
    .click();
  await page.getByRole('menuitem', { name: 'End all sign-ins …' }).click();
  await page.getByText('Every browser and device is signed out at once').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page
    .getByRole('button', { name: /^Change / })
    .first()
    .click();
  await page.getByRole('menuitem', { name: 'Clear second factor …' }).click();
  await page.getByRole('button', { name: 'Clear second factor' }).waitFor();
  await pictures('clear');
  await page.getByRole('button', { name: 'Clear second factor' }).click();
  await page.getByText('signs in by the password alone.').waitFor();
  await signOut();
  await giveThePassword();
  await isIn();
  expect(complaints.filter((said) => !/40[13]|422/.test(said))).toEqual([]);
});
