import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createClient, fetchTransport } from 'job-trigger-contract';
import { program } from './program.ts';
import type { Ended } from './jtp.ts';

/** `jtp login` as a process of its own, let in by whoever holds `token` as soon as it tells its code. */
export async function loginByCode(
  base: string,
  { cwd, token, args = [] }: { readonly cwd: string; readonly token: string; readonly args?: readonly string[] },
): Promise<Ended> {
  const headers = { authorization: `Bearer ${token}` };
  const client = createClient(fetchTransport({ base, headers }));
  const child = spawn(process.execPath, [program, 'login', base, '--no-browser', ...args], {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd },
  });
  let [stdout, stderr, isAsked] = ['', '', false];
  let approved: Promise<unknown> = Promise.resolve();
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    const code = /[B-Z]{4}-[B-Z]{4}/.exec(stderr)?.[0];
    if (isAsked || code === undefined) return;
    isAsked = true;
    approved = client.approveDevice({ body: { user_code: code } }).catch(() => child.kill());
  });
  const [status] = (await once(child, 'close')) as [number | null];
  await approved;
  return { status, stdout, stderr };
}
