import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshDir } from '../../../test/setup/databases.ts';
import { jtp as call } from '../../../test/setup/jtp.ts';

test(
  'a calendar is made, attached, seen in the next instants, and only leaves by force',
  { timeout: 60_000 },
  async () => {
    const folder = freshDir('jtp-calendars');
    const data = join(folder.path, 'data');
    mkdirSync(join(data, 'scripts'), { recursive: true, mode: 0o700 });
    writeFileSync(join(data, 'scripts', 'a.mjs'), '');
    const env = { JOB_PORTAL_DATA_DIR: data };
    const jtp = (args: readonly string[], input = '') => call(args, { cwd: folder.path, env, input });
    try {
      expect((await jtp(['calendars', 'ls'])).stderr).toContain('jtp calendars add');
      const document = '{kind: holiday, holidays: [{date: 12-25, name: Christmas Day}]}';
      const added = await jtp(['--json', 'calendars', 'add', 'Office', '-f', '-'], document);
      const { id } = JSON.parse(added.stdout) as { id: string };
      const schedule = `{kind: monthly, day: 25, times: ['09:00'], timezone: UTC, calendars: [${id}], holiday_policy: next}`;
      const job = `{name: pay, type: script, config: {script: a.mjs}, schedules: [${schedule}]}`;
      expect((await jtp(['jobs', 'create', '-f', '-'], job)).status).toBe(0);
      const next = await jtp(['next', '--job', 'pay', '--from', '2027-12-01T00:00:00Z', '-n', '1']);
      expect(next.stdout).toContain('2027-12-27T09:00:00Z');
      expect(next.stdout).toContain('Moved from 2027-12-25: holiday “Christmas Day” (Office).');
      expect((await jtp(['calendars', 'ls'])).stdout).toContain('Office\tholiday\t1\t1 job');
      const kept = await jtp(['--yes', 'calendars', 'rm', 'office']);
      expect(kept.stderr).toContain('Office is used by pay.');
      expect((await jtp(['--yes', 'calendars', 'rm', 'office', '--force'])).status).toBe(0);
      expect((await jtp(['next', '--job', 'pay', '--from', '2027-12-01T00:00:00Z', '-n', '1'])).stdout).toContain(
        '2027-12-25T09:00:00Z',
      );
      const unresolved = JSON.stringify({ kind: 'daily', times: ['09:00'], timezone: 'UTC', calendars: [id] });
      expect(JSON.parse((await jtp(['next', '--jsonl'], unresolved)).stdout)).toMatchObject({
        error: 'schedule_invalid',
        fields: [{ path: 'calendars', message: expect.stringContaining('--job') }],
      });
    } finally {
      folder.remove();
    }
  },
);
