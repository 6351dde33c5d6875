import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import { createClient, type Client, type RunDetail } from 'job-trigger-contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { administrator, startPortal, type PortalProcess } from '../../../test/setup/portal-process.ts';

let portal: PortalProcess;
let client: Client;
const clientWith = (headers: Readonly<Record<string, string>>): Client =>
  createClient(({ method, path, body, headers: more }) =>
    fetch(`${portal.base}${path}`, {
      method,
      headers: { ...headers, ...more },
      ...(body === undefined ? {} : { body }),
    }),
  );
beforeAll(async () => {
  portal = await startPortal({ administrator: true });
  const { access_token } = await clientWith({}).login({ body: administrator });
  client = clientWith({ authorization: `Bearer ${access_token}` });
});
afterAll(() => portal?.stop());

async function until(id: string, isSo: (run: RunDetail) => boolean): Promise<RunDetail> {
  for (let tries = 0; tries < 400; tries += 1) {
    const run = await client.getRun({ params: { id } });
    if (isSo(run)) return run;
    await rest(50);
  }
  throw new Error('It did not come to that.');
}

test.each([
  { how: 'obeys SIGTERM', name: 'obeys', text: 'echo up\nsleep 600\n', graceSeconds: 10, ignored: false, mostMs: 5000 },
  {
    how: 'ignores SIGTERM',
    name: 'ignores',
    text: "trap '' TERM\necho up\nwhile true; do sleep 0.2; done\n",
    graceSeconds: 1,
    ignored: true,
    mostMs: 6000,
  },
])(
  'a run whose process $how is cancelled in time, and shows how (R-093)',
  { timeout: 60_000 },
  async ({ name, text, graceSeconds, ignored, mostMs }) => {
    writeFileSync(join(portal.dataDir, 'scripts', `${name}.sh`), text);
    const body = {
      name,
      type: 'script' as const,
      config: { script: `${name}.sh` },
      kill_grace_seconds: graceSeconds,
    };
    const { id: jobId } = await client.createJob({ body });
    const { run_id: id } = await client.runJob({ params: { id: jobId }, body: {} });
    for (let tries = 0; tries < 200; tries += 1) {
      if ((await client.runLog({ params: { id }, query: { tail: 5 } })).items.some((line) => line.text === 'up')) break;
      await rest(50);
    }
    await client.cancelRun({ params: { id }, body: { note: 'enough' } });
    const run = await until(id, ({ ended_at: ended }) => ended !== null);
    expect(run).toMatchObject({ state: 'cancelled', cancel_request: { note: 'enough', by: 'mei' } });
    const at = (instant: string | null | undefined): number => Date.parse(instant ?? '');
    expect(at(run.ended_at) - at(run.cancel_request?.at)).toBeLessThan(mostMs);
    const { term_at, kill_at } = run.cancel_request ?? {};
    expect(at(kill_at) - at(term_at)).toBe(graceSeconds * 1000);
    const [attempt] = run.attempts;
    expect(attempt?.processes?.text.includes('killed')).toBe(ignored);
  },
);
