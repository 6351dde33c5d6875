import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runAsOf } from '../config/run-as-settings.ts';
import { runFiles } from '../spawner/log-path.ts';
import { ownUserWarning, RunUsers, runUsersFor, usersOf } from './run-users.ts';
import { Workshop } from './test-attempt.ts';

const rest = { env: {}, workingDir: null };
const command = { argv: ['/bin/true'] as const, ...rest };
const script = (name: string, args: readonly string[] = []) => ({ script: name, args, ...rest });

const passwd = 'root:x:0:0:root:/root:/bin/sh\njobs:x:1007:1008:Jobs:/srv/jobs:/bin/sh\nodd:x:5:0::/:/bin/sh\n';

describe('whom jobs run as', () => {
  test.each([
    ['jobs', [{ uid: 1007, gid: 1008, home: '/srv/jobs' }]],
    ['1007', [{ uid: 1007, gid: 1008, home: '/srv/jobs' }]],
    ['1009', [{ uid: 1009, gid: 1009, home: '/' }]],
    ['1007:5', [{ uid: 1007, gid: 5, home: '/srv/jobs' }]],
    [
      '61000-61001',
      [
        { uid: 61_000, gid: 61_000, home: '/' },
        { uid: 61_001, gid: 61_001, home: '/' },
      ],
    ],
  ])('%s', (text, expected) => {
    const runAs = runAsOf({ value: text, source: 'the settings' });
    expect(runAs === null ? [] : usersOf(runAs, passwd)).toEqual(expected);
  });

  test.each(['0', '0-5', '5-4', '12:0', '-1', 'a b', '$(id)', '4294967295', '61000-'])('%j is refused', (text) => {
    expect(() => runAsOf({ value: text, source: 'the settings' })).toThrow('worker.run_as (from the settings)');
  });

  test.each(['root', 'odd', 'nobody-here'])('the account %s is refused', (text) => {
    const runAs = runAsOf({ value: text, source: 'the settings' });
    expect(() => (runAs === null ? null : usersOf(runAs, passwd))).toThrow('worker.run_as');
  });

  test('of a range each run has one for itself, the one that was free for longest first', () => {
    const users = new RunUsers(usersOf({ kind: 'range', from: 61_000, to: 61_001 }, passwd));
    const [first, second] = [users.take(), users.take()];
    expect([first?.uid, second?.uid, users.take()]).toEqual([61_000, 61_001, null]);
    for (const user of [second, first]) if (user !== null && user !== undefined) users.release(user);
    expect(users.take()?.uid).toBe(61_001);
  });
});

describe.runIf(process.platform === 'linux')('a worker', () => {
  const range = { kind: 'range', from: 61_000, to: 61_009 } as const;

  test('whose jobs run as its own user says so when it starts (SEC-E6)', () => {
    const said: unknown[] = [];
    const log = { warn: (message: string, fields?: unknown) => void said.push([message, fields]) };
    const warn = ownUserWarning(log, 1000);
    expect(said).toEqual([]);
    for (let starts = 0; starts < 3; starts += 1) warn();
    expect(said).toEqual([[expect.stringContaining('can write what it can; worker.run_as parts them'), { uid: 1000 }]]);
  });

  test('that is not root, or has more runs than numbers, is not started with others', () => {
    expect(runUsersFor(null, 10, 1000)).toBeNull();
    expect(runUsersFor(range, 10, 0)?.take()?.uid).toBe(61_000);
    expect(() => runUsersFor(range, 10, 1000)).toThrow('runs as root');
    expect(() => runUsersFor(range, 11, 0)).toThrow('10 numbers for 11 runs');
  });
});

/** Only root may start processes as somebody else: where the tests run as another user, this is not made. */
describe.runIf(process.platform === 'linux' && process.getuid?.() === 0)('a job that runs as somebody else', () => {
  let shop: Workshop;
  let settings: { readonly runUsers: RunUsers };
  beforeEach(() => {
    shop = new Workshop();
    settings = { runUsers: new RunUsers(usersOf({ kind: 'range', from: 61_000, to: 61_003 }, passwd)) };
  });
  afterEach(() => shop.close());
  const inData = (name: string): string => join(shop.folder, name);

  test('writes its result, progress and files, and nothing of the worker, other runs or the installation (SEC-E6)', async () => {
    const other = runFiles(shop.folder, { id: 1, createdAt: 1_768_478_400_000 }, 1);
    const first = await shop.attempt({ type: 'command', config: command }, { settings });
    expect(first.outcome.failure).toBeNull();
    for (const name of ['config.yaml', 'secret.key', 'portal.db']) writeFileSync(inData(name), 'x', { mode: 0o600 });
    const program = fileURLToPath(new URL('../spawner/main.ts', import.meta.url));
    const own = runFiles(shop.folder, { id: 2, createdAt: 1_768_478_400_000 }, 1);
    const closed = [
      program,
      `${program}.new`,
      inData('config.yaml'),
      inData('secret.key'),
      inData('portal.db'),
      inData('new'),
      join(shop.folder, 'worker', 'journal.jsonl'),
      join(shop.scriptsDir, 'try.sh'),
      other.log,
      other.result,
      join(other.artifacts, 'new'),
      join(other.folder, 'new'),
      own.log,
      join(own.folder, 'new'),
    ];
    shop.script(
      'try.sh',
      `for place in "$@"; do (: >> "$place") 2>/dev/null && echo "wrote $place"; done
for place in "$@"; do [ "$place" = "$1" ] || { [ -r "$place" ] && echo "read $place"; }; done
rm -f "$JTP_RESULT_FILE" 2>/dev/null && echo "removed its result"
ls ${shop.folder} ${dirname(own.folder)} ${own.folder} 2>/dev/null
kill -0 ${process.pid} 2>/dev/null && echo "reached the worker"
echo '{"percent": 50}' >> "$JTP_PROGRESS_FILE"
echo kept > "$JTP_ARTIFACTS_DIR/kept.txt"
printf '{"user": "%s", "groups": "%s", "home": "%s", "named": "%s"}' "$(id -u)" "$(id -G)" "$HOME" "$USER$LOGNAME" > "$JTP_RESULT_FILE"
`,
      0o755,
    );
    const config = script('try.sh', closed);
    const { outcome, log, progress } = await shop.attempt({ type: 'script', config }, { settings });
    // Its own script it may read, and nothing else of all that.
    expect(log).toBe(`stdout: read ${join(shop.scriptsDir, 'try.sh')}`);
    expect(outcome).toMatchObject({
      outcome: 'succeeded',
      result: { user: '61001', groups: '61001', home: '/', named: '' },
      leftArtifacts: true,
    });
    expect(progress.at(-1)).toMatchObject({ fraction: 0.5 });
    expect(readFileSync(join(own.artifacts, 'kept.txt'), 'utf8')).toBe('kept\n');
    // What is closed to it is open to who runs as the worker: the attempt before proves the closing.
    const [, , ...reachable] = closed;
    const asWorker = await shop.attempt({ type: 'script', config: script('try.sh', reachable) });
    for (const path of reachable) expect(asWorker.log).toContain(`wrote ${path}`);
    for (const path of [own.result, own.progress, own.artifacts, other.result, other.artifacts])
      expect([path, statSync(path).uid, statSync(path).mode & 0o077]).toEqual([path, 0, 0]);
  });

  test('with hooks and an approved script does as ever, and changes none of its bytes (SEC-E6)', async () => {
    const text = 'echo main; (echo changed >> "$0") 2>/dev/null || echo closed\n';
    shop.script('main.sh', text, 0o755);
    shop.script('before.sh', 'echo before\n', 0o755);
    shop.script('after.sh', 'echo "after $JTP_OUTCOME"\n', 0o755);
    const approvals = { isApproved: () => Promise.resolve(true) };
    const { outcome, log } = await shop.attempt(
      { type: 'script', config: script('main.sh'), hooks: { before: 'before.sh', after: 'after.sh' } },
      { settings, ports: { approvals } },
    );
    expect([outcome.outcome, log.split('\n')]).toEqual([
      'succeeded',
      ['stdout: before', 'stdout: main', 'stdout: closed', 'stdout: after succeeded'],
    ]);
    expect(readFileSync(join(shop.scriptsDir, 'main.sh'), 'utf8')).toBe(text);
  });

  test('two that live at once are two users, and neither reaches what is the other’s (SEC-E6)', async () => {
    const meet = join(shop.folder, 'meet');
    mkdirSync(meet);
    chmodSync(meet, 0o777);
    shop.script(
      'meet.sh',
      `echo "$JTP_RESULT_FILE" > ${meet}/$1.new; mv ${meet}/$1.new ${meet}/$1
while [ ! -f ${meet}/$2 ]; do sleep 0.02; done
(echo taken > "$(cat ${meet}/$2)") 2>/dev/null && echo "wrote the other's"
touch ${meet}/$1.done; while [ ! -f ${meet}/$2.done ]; do sleep 0.02; done
id -u > "$JTP_RESULT_FILE"
`,
      0o755,
    );
    const run = (args: readonly string[]) =>
      shop.attempt({ type: 'script', config: script('meet.sh', args) }, { settings });
    const [one, two] = await Promise.all([run(['one', 'two']), run(['two', 'one'])]);
    expect([one.log, two.log]).toEqual(['', '']);
    expect(new Set([one.outcome.result, two.outcome.result]).size).toBe(2);
  });

  test('without a free number it is not started, and may be later', async () => {
    const { outcome } = await shop.attempt(
      { type: 'command', config: command },
      { settings: { runUsers: new RunUsers([]) } },
    );
    expect(outcome).toMatchObject({ outcome: 'not_started', retryable: true });
  });
});
