import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from 'job-trigger-contract';
import { manualClock } from 'job-trigger-core/testing';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { tableSums } from '../../../test/setup/table-sums.ts';
import { startTestPortal, type TestPortal } from './test-portal.ts';
import type { WrongCall } from './test-wrong-call.ts';
import { wrongJobs } from './test-wrong-jobs.ts';
import { wrongPlugins } from './test-wrong-plugins.ts';
import { wrongAccess } from './test-wrong-access.ts';
import { wrongChannels } from './test-wrong-channels.ts';
import { wrongRequests } from './test-wrong-requests.ts';
import { wrongScripts } from './test-wrong-scripts.ts';
import { wrongSchedules } from './test-wrong-schedules.ts';

const wrongCalls = [
  ...wrongJobs,
  ...wrongPlugins,
  ...wrongSchedules,
  ...wrongRequests,
  ...wrongChannels,
  ...wrongAccess,
  ...wrongScripts,
];

describe.each(['SQLite', 'PostgreSQL'] as const)('wrong input on %s', (database) => {
  let portal: TestPortal;
  let job: string;

  beforeAll(async () => {
    // A clock that stands still: that a sign-in was used is written once a minute.
    portal = await startTestPortal(database, inject('postgresUrl'), null, null, manualClock());
    writeFileSync(join(portal.folder, 'outside.sh'), 'echo outside\n');
    symlinkSync(join(portal.folder, 'outside.sh'), join(portal.scriptsDir, 'link.sh'));
    const saved = await portal.client.createJob({
      body: {
        name: 'saved',
        type: 'script',
        config: { script: 'hello.sh' },
        parameters: [
          { name: 'count', type: 'integer', required: true },
          { name: 'code', pattern: '(a+)+$' },
        ],
      },
    });
    job = saved.id;
  });
  afterAll(() => portal.close());

  async function send({ path = '/api/jobs', body, method = 'POST', headers = {} }: WrongCall): Promise<Response> {
    const text = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
    const filled = text?.replace('{outside}', join(portal.folder, 'outside.sh'));
    return portal.raw(path.replace('{job}', job), {
      method,
      ...(filled === undefined ? {} : { body: filled }),
      headers: filled === undefined ? headers : { 'content-type': 'application/json', ...headers },
    });
  }

  test.each(wrongCalls)('$what is refused by its field, and changes nothing', async (call) => {
    const before = await tableSums(portal.databaseUrl);
    const answer = await send(call);
    const problem = (await answer.json()) as Problem;
    expect([answer.status, problem.code]).toEqual([call.status, call.code]);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(problem.request_id).not.toBe('');
    const fields = problem.errors ?? [];
    if (call.field !== null) expect(fields.map((field) => field.path)).toEqual([call.field]);
    expect([problem.detail, ...fields.map((field) => field.message)].join('\n')).toContain(call.says);
    expect(await tableSums(portal.databaseUrl)).toEqual(before);
  });
});
