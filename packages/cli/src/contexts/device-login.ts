/** Sign-in by a code that is confirmed in a browser, on this machine or any other (RFC 8628). */
import { hostname } from 'node:os';
import { setTimeout as rest } from 'node:timers/promises';
import { ProblemError, UnreachableError, type Client, type Tokens } from 'job-trigger-contract';
import { timeoutOf, type Context } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { openBrowser } from '../open-browser.ts';
import { printable } from '../output/table.ts';
import { version } from '../version.ts';

/** Who is quick is not kept waiting for the first question. */
const firstMs = 1000;
/** As RFC 8628 has it for an answer that does not say. */
const slowerSeconds = 5;

const denied = (): CommandError =>
  new CommandError(exitStatus.notPermitted, 'The sign-in was denied in the browser.', 'Nothing was changed here.');

function late(): CommandError {
  return new CommandError(
    exitStatus.timedOut,
    'Nobody confirmed the code in time.',
    'Begin anew: jtp login. Without a browser at hand: jtp login --key-file FILE',
  );
}

/** One question. @returns the tokens, or how long to wait from now on, in seconds */
async function ask(client: Client, deviceCode: string, interval: number): Promise<Tokens | number> {
  try {
    return await client.deviceTokens({ body: { device_code: deviceCode } });
  } catch (error) {
    // The network may come back; the code is good for minutes.
    if (error instanceof UnreachableError) return interval;
    if (!(error instanceof ProblemError)) throw error;
    if (error.code === 'access_denied') throw denied();
    if (error.code === 'expired_token') throw late();
    if (error.code === 'authorization_pending' || error.status === 503) return interval;
    if (error.status !== 429) throw error;
    return Number(error.problem['interval'] ?? interval + slowerSeconds);
  }
}

/** Tells the code, and waits for whoever confirms it. Told whatever `--quiet` says: nobody could go on without. */
export async function signInByCode(context: Context, client: Client, browser: boolean): Promise<Tokens> {
  const { terminal } = context;
  const started = await client.startDevice({ body: { client: `jtp/${version}`, host: hostname() } });
  const { user_code: code, verification_uri: page, verification_uri_complete: address } = started;
  terminal.stderr.write(`Open ${printable(page)} in a browser and confirm the code ${printable(code)}\n`);
  terminal.stderr.write(`With the code in it: ${printable(address)}\n`);
  if (browser && openBrowser(terminal, address)) terminal.stderr.write('A browser was opened there.\n');
  terminal.stderr.write(`Waiting for up to ${Math.round(started.expires_in / 60)} minutes. Ctrl-C gives up.\n`);
  const end = performance.now() + Math.min(started.expires_in * 1000, timeoutOf(context) ?? Infinity);
  let waitMs = firstMs;
  for (let interval = started.interval; performance.now() + waitMs < end; waitMs = interval * 1000) {
    await rest(waitMs);
    const answer = await ask(client, started.device_code, interval);
    if (typeof answer !== 'number') return answer;
    interval = answer;
  }
  await rest(Math.max(0, end - performance.now()));
  throw late();
}
