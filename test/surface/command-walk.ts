/** A walk through every command that asks an installation something, as a person would take it. */
import type { Ended } from '../setup/jtp.ts';
import { walkSettings, walkViews } from './settings-walk.ts';

/** One command with its arguments; its answer as a document. `command` is what stands before the arguments. */
export type Say = (
  command: string,
  args?: readonly string[],
  more?: { readonly input?: string; readonly plain?: boolean },
) => Promise<Ended>;

const field = (said: Ended, name: string): string => {
  const value = (JSON.parse(said.stdout) as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' ? value : '';
};

const job = `
name: walk
type: script
config: {script: says.sh, args: [one, two]}
schedules: [{kind: daily, times: ["09:00"], timezone: Asia/Hong_Kong}]
parameters: [{name: colour, default: red}]
`;

/** What a first look finds, and how it is put away; how many runs it has by now is for its own tests. */
async function walkDemo(say: Say): Promise<void> {
  await say('demo show');
  await say('demo rm', ['--yes']);
  await say('demo show', [], { plain: true });
}

async function walkJobs(say: Say): Promise<void> {
  await say('jobs ls', [], { plain: true });
  await say('scripts ls');
  await say('jobs create', ['-f', '-'], { input: job });
  await say('jobs get', ['walk']);
  await say('jobs get', ['walk'], { plain: true });
  await say('next', ['--job', 'walk', '-n', '3', '--from', '2027-01-01T00:00:00Z']);
  await say('run', ['walk', '-p', 'colour=blue', '--note', 'by hand', '--follow'], { plain: true });
  const first = await say('run', ['walk', '--wait', '--priority', 'high']);
  const run = field(first, 'id');
  await say('runs get', [run]);
  await say('runs ls', ['--job', 'walk', '--state', 'succeeded']);
  await say('logs', ['walk'], { plain: true });
  await say('logs', [run, '--tail', '1'], { plain: true });
  await say('logs', [run, '--grep', 'two'], { plain: true });
  await say('logs', [run, '-f'], { plain: true });
  await say('jobs parameters', ['walk']);
  await say('jobs parameters', ['walk'], { plain: true });
  await say('runs compare', [run], { plain: true });
  await say('runs compare', [run, field(first, 'id')]);
  await say('artifacts ls', ['walk']);
  await say('artifacts get', [run, 'kept.txt']);
  const again = await say('runs retry', [run, '--note', 'once more', '-p', 'colour=green']);
  await say('logs', [field(again, 'run_id'), '-f'], { plain: true });
}

/** No plugin is there: what comes with the product is none. */
async function walkPlugins(say: Say): Promise<void> {
  await say('plugins ls');
  await say('plugins ls', [], { plain: true });
  await say('plugins check');
  await say('plugins provision');
  await say('plugins provision', ['none'], { plain: true });
  await say('jobs detach', ['walk']);
  await say('plugins check', ['./none']);
  await say('jobs create', ['--name', 'feed', '--type', 'http', '--set', 'url=https://example.org/feed']);
  await say('jobs create', ['--name', 'feed', '--type', 'feed-reader', '--set', 'url=https://example.org/feed']);
  await say('jobs create', ['--name', 'feed', '--type', 'http', '--schedule', 'whenever']);
  await say('jobs create', ['--name', 'feed']);
  await say('jobs rm', ['feed', '--yes']);
}

/** What happens to a run that nobody carries out. */
async function walkCancellation(say: Say): Promise<void> {
  // Nobody serves these labels: the run waits until it is cancelled.
  await say('jobs create', ['-f', '-'], {
    input: '{name: waits, type: script, config: {script: says.sh}, worker_labels: [moon]}',
  });
  const waits = field(await say('run', ['waits']), 'run_id');
  await say('queues ls');
  await say('queues status');
  await say('queues pause', ['default', '--note', 'vendor']);
  await say('queues limit', ['default', '4']);
  await say('queues resume', ['default'], { plain: true });
  await say('queues limit', ['default', 'none']);
  await say('locks set', ['licence', '2']);
  await say('locks ls', [], { plain: true });
  await say('locks reset', ['licence']);
  await say('limits set', ['--system', '9', '--each-person', '3']);
  await say('limits set', ['--system', 'none', '--each-person', 'none'], { plain: true });
  await say('limits show', [], { plain: true });
  await walkSettings(say);
  await say('runs front', [waits]);
  await say('jobs why', ['waits']);
  await say('runs cancel', [waits, '--note', 'enough']);
  await say('runs get', [waits]);
}

async function walkChanges(say: Say): Promise<void> {
  await say('jobs edit', ['walk', '-f', '-'], { input: '{tags: [a], description: a walk}' });
  await say('jobs versions', ['walk']);
  await say('jobs pause', ['walk', '--reason', 'holiday']);
  await say('jobs why', ['walk'], { plain: true });
  await say('run', ['walk']);
  await say('jobs resume', ['walk']);
  await say('jobs occurrences', ['walk']);
  await say('jobs pause', ['--tag', 'a'], { plain: true });
  await say('jobs resume', ['--tag', 'a']);
  await say('jobs ls', ['--sort', 'name', '--limit', '1']);
  await say('jobs ls', ['--search', 'al', '--status', 'active']);
  await say('jobs rm', ['waits', '--yes']);
  await say('jobs ls', ['--deleted']);
  await say('jobs get', ['waits']);
  await say('jobs restore', ['waits']);
  await say('graph');
  await say('graph', ['walk'], { plain: true });
  await say('jobs failures', ['walk']);
  await say('jobs reset', ['walk']);
  await say('jobs stopped');
  await say('jobs get', ['waits']);
  await say('jobs clone', ['walk', '--name', 'walk again']);
  await say('jobs get', ['walk again']);
  await say('jobs create', ['-f', '-'], { input: '{name: walk, type: script, config: {script: says.sh}}' });
}

const plant = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//walk//EN
BEGIN:VEVENT
UID:1@walk
DTSTAMP:20260101T000000Z
SUMMARY:Stocktaking
DTSTART;VALUE=DATE:20270104
DTEND;VALUE=DATE:20270106
END:VEVENT
END:VCALENDAR
`;

async function walkCalendars(say: Say): Promise<void> {
  await say('calendars holidays', ['DE', '--region', 'BY', '--year', '2027']);
  const made = field(
    await say('calendars add', ['Germany', '--country', 'DE', '--from-year', '2027', '--to-year', '2028']),
    'id',
  );
  await say('calendars import-ics', ['-', '--name', 'Plant'], { input: plant });
  await say('calendars get', ['Plant'], { plain: true });
  await say('jobs edit', ['walk', '-f', '-'], {
    input: `{schedules: [{kind: daily, times: ["09:00"], timezone: Europe/Berlin, calendars: [${made}]}]}`,
  });
  await say('next', ['--job', 'walk', '-n', '2', '--from', '2027-12-24T12:00:00Z']);
  await say('calendars ls');
  await say('calendars rm', ['Germany', '--yes']);
  await say('calendars rm', ['Germany', '--yes', '--force']);
  await say('calendars ls', [], { plain: true });
}

/** Of two workers one runs, and the other, `gone`, has stopped. */
async function walkWorkers(say: Say): Promise<void> {
  const { stdout } = await say('workers ls', ['--all']);
  const { items } = JSON.parse(stdout) as { readonly items: readonly { readonly name: string }[] };
  const name = items.find((worker) => worker.name !== 'gone')?.name ?? '';
  await say('workers drain', [name]);
  await say('workers drain', ['gone']);
  await say('workers resume', [name]);
  await say('workers pause', [name], { plain: true });
  await say('workers resume', [name], { plain: true });
  await say('workers rm', [name, '--yes']);
  await say('workers rm', ['gone']);
  await say('workers rm', ['gone', '--yes']);
  await say('workers drain', ['gone']);
  await say('workers ls', ['--all']);
}

/** Who works, what happened, how it is, and what has no command of its own. */
async function walkOperation(say: Say): Promise<void> {
  await walkWorkers(say);
  await say('schedulers ls');
  await say('schedulers confirm-clock');
  await say('schedulers confirm-clock', [], { plain: true });
  await say('events', ['--kind', 'job.created,job.changed,job.deleted,run.cancelled']);
  await say('health', ['--component', 'storage'], { plain: true });
  await say('cleanup run', ['--dry-run']);
  await say('api', ['GET', '/api/jobs', '-f', 'search=walk', '-f', 'limit=1']);
  const schedule = '{"kind":"daily","times":["09:00"],"timezone":"Asia/Tokyo"}';
  await say('api', [
    'POST',
    '/api/schedules/preview',
    '-f',
    `schedule:=${schedule}`,
    '-f',
    'from=2027-01-01T00:00:00Z',
  ]);
  await say('api', ['GET', '/api/runs/none']);
}

async function walkMaintenance(say: Say): Promise<void> {
  await say('maintenance on', ['--for', '2h', '--job', 'walk', '--dry-run']);
  await say('maintenance status', [], { plain: true });
  await say('maintenance on', ['--tag', 'a', '--reason', 'new disk', '--resume', 'one']);
  await say('maintenance on', ['--until', 'soon']);
  await say('maintenance on', ['--for', '1h', '--resume', 'some']);
  await say('jobs why', ['walk']);
  await say('maintenance status');
  await say('maintenance change', ['--until', '2100-01-01T00:00:00Z', '--reason', 'two disks'], { plain: true });
  await say('maintenance change', ['--open']);
  await say('maintenance change');
  const window = await say('maintenance off');
  await say('maintenance off', [field(window, 'id')]);
  await say('maintenance off');
  await say('maintenance status', [], { plain: true });
}

/** What needs somebody: two workers of the sky were lost. */
async function walkAlerts(say: Say): Promise<void> {
  const listed = await say('alerts ls');
  const { items } = JSON.parse(listed.stdout) as { readonly items: readonly { readonly id: string }[] };
  await say('alerts ls', ['--kind', 'worker_lost'], { plain: true });
  await say('alerts ls', ['--job', 'walk']);
  await say('alerts ack', [items[0]?.id ?? '']);
  await say('alerts ack', ['--all']);
  await say('alerts ack', ['--all'], { plain: true });
  await say('alerts ls', ['--all', '--limit', '2']);
  await say('alerts ack', ['019a0000-0000-7000-8000-00000000ffff']);
}

async function walkAttention(say: Say): Promise<void> {
  const listed = await say('attention ls', ['--kind', 'worker_lost']);
  const { items } = JSON.parse(listed.stdout) as { readonly items: readonly { readonly id: string }[] };
  const id = items[0]?.id ?? '';
  await say('attention ls', ['--state', 'all', '--kind', 'worker_lost'], { plain: true });
  await say('attention ls', ['--mine']);
  await say('attention ls', ['--job', 'walk', '--class', 'timeout']);
  await say('attention get', [id], { plain: true });
  await say('attention note', [id, 'Asked the team']);
  await say('attention assign', [id, '--to', 'none']);
  await say('attention snooze', [id, '--until', '2000-01-01T00:00:00Z']);
  await say('attention snooze', [id]);
  await say('attention snooze', [id, '--end']);
  await say('attention retry', [id]);
  await say('attention resolve', [id, '--text', 'Plugged in again'], { plain: true });
  await say('attention reopen', [id]);
  await say('attention ack', [id]);
  await say('attention get', ['019a0000-0000-7000-8000-00000000ffff']);
}

const past = ['--from', '2020-01-01T00:00:00Z', '--to', '2020-01-03T00:00:00Z'];

async function walkBackfill(say: Say): Promise<void> {
  await say('backfill', ['walk', ...past, '--dry-run']);
  await say('backfill', ['walk', ...past], { plain: true });
  await say('backfill', ['walk', '--from', 'yesterday', '--to', 'today']);
  await say('backfill', ['walk', '--cancel']);
}

/** Nobody answers at that address: what is sent there fails in the same way everywhere. */
async function walkWebhooks(say: Say): Promise<void> {
  await say('webhooks add', ['Hook', 'https://hook.invalid/', '--kinds', 'run.failed']);
  await say('webhooks ls', [], { plain: true });
  await say('webhooks off', ['Hook']);
  await say('webhooks on', ['Hook']);
  await say('webhooks rotate', ['Hook']);
  await say('webhooks test', ['Hook']);
  const { items } = JSON.parse((await say('webhooks deliveries', ['Hook'])).stdout) as {
    readonly items: readonly { readonly id: string }[];
  };
  await say('webhooks redeliver', ['Hook', items[0]?.id ?? '']);
  await say('webhooks rm', ['Hook', '--yes']);
  await say('webhooks test', ['Hook']);
}

async function walkHooks(say: Say): Promise<void> {
  await say('hooks ls', ['walk']);
  await say('hooks add', ['walk', 'Forge', '--keyed']);
  await say('hooks add', ['walk', 'forge']);
  await say('hooks add', ['walk', 'other', '--map', 'none=push.branch']);
  await say('hooks off', ['walk', 'forge']);
  await say('hooks on', ['walk', 'forge']);
  await say('hooks rotate', ['walk', 'forge']);
  await say('hooks ls', ['walk'], { plain: true });
  await say('hooks rm', ['walk', 'forge', '--yes']);
  await say('hooks rm', ['walk', 'forge', '--yes']);
}

async function walkPeople(say: Say): Promise<void> {
  await say('users invite', ['tom@example.org', '--role', 'operator', '--approver']);
  await say('users invitations');
  await say('users invitations', [], { plain: true });
  await say('users withdraw', ['tom@example.org', '--yes']);
  await say('users withdraw', ['tom@example.org', '--yes']);
  const made = await say('users invite', ['ann@example.org', '--role', 'viewer']);
  const own = ['name=Ann', 'timezone=UTC', 'password=correct horse battery'];
  const said = [`token=${field(made, 'token')}`, ...own].flatMap((each) => ['-f', each]);
  await say('api', ['POST', '/api/auth/invitation/accept', ...said]);
  await say('users roles', [], { plain: true });
  await say('users quota');
  await say('users quota', ['mei@example.org'], { plain: true });
  await say('users quota', ['nobody@example.org']);
  await say('users ls', ['-o', 'json', '--fields', 'email,name,role']);
  await say('users set', ['ann@example.org', '--role', 'operator', '--approver']);
  await walkViews(say);
  await say('users disable', ['ann@example.org', '--yes']);
  await say('users enable', ['ann@example.org'], { plain: true });
  await say('users end-sign-ins', ['ann@example.org']);
  await say('users clear-second-factors', ['ann@example.org', '--yes']);
  await say('users rm', ['ann@example.org', '--yes']);
  await say('users set', ['mei@example.org', '--role', 'viewer']);
  await say('users set', ['mei@example.org', '--role', 'chief']);
  await say('users set', ['mei@example.org']);
  await say('users disable', ['mei@example.org', '--yes']);
  await say('users rm', ['mei@example.org', '--yes']);
  await say('users rm', ['nobody@example.org', '--yes']);
  await say('users export', ['nobody@example.org']);
  await say('users erase', ['nobody@example.org', '--yes']);
  const other = await say('users invite', ['bo@example.org', '--role', 'viewer']);
  const theirs = [`token=${field(other, 'token')}`, 'name=Bo', ...own.slice(1)].flatMap((each) => ['-f', each]);
  await say('api', ['POST', '/api/auth/invitation/accept', ...theirs]);
  await say('users erase', ['bo@example.org', '--yes']);
}

async function walkSharing(say: Say): Promise<void> {
  await say('teams ls', [], { plain: true });
  await say('teams set', ['Night', '--members', 'mei@example.org']);
  await say('teams set', ['Day', '--members', 'nobody@example.org']);
  await say('jobs shares', ['walk'], { plain: true });
  await say('jobs share', ['walk', '--with', 'Night', '--as', 'run']);
  await say('jobs share', ['walk', '--with', 'everyone', '--as', 'view'], { plain: true });
  await say('jobs share', ['walk', '--with', 'nobody@example.org', '--as', 'edit']);
  await say('jobs shares', ['walk']);
  await say('jobs unshare', ['walk', '--with', 'everyone']);
  await say('jobs unshare', ['walk', '--with', 'everyone'], { plain: true });
  await say('jobs give', ['walk', '--to', 'nobody', '--yes']);
  await say('jobs give', ['walk', '--to', 'mei@example.org', '--yes'], { plain: true });
  await say('jobs access', ['walk']);
  await say('jobs access', ['walk', '--person', 'mei@example.org'], { plain: true });
  await say('teams set', ['night', '--name', 'Day'], { plain: true });
  await say('teams ls');
  await say('teams rm', ['Day', '--yes']);
  await say('teams rm', ['Day', '--yes']);
}

async function walkKeys(say: Say): Promise<void> {
  await say('keys create', ['deploy', '--scopes', 'read,run', '--from', '10.0.0.0/8', '--days', '30']);
  await say('keys create', ['deploy', '--scopes', 'read']);
  await say('keys create', ['other', '--scopes', 'all']);
  await say('keys create', ['other', '--scopes', 'read', '--from', 'intranet']);
  await say('keys ls');
  await say('keys ls', ['--all'], { plain: true });
  await say('keys rotate', ['deploy', '--overlap', '1h']);
  await say('keys revoke', ['deploy', '--yes']);
  await say('keys revoke', ['deploy', '--yes']);
}

async function walkSecrets(say: Say): Promise<void> {
  await say('secrets set', ['api.token'], { input: 'a value that is walked\n' });
  await say('secrets set', ['API.token', '--job', 'walk', '--expires', '2031-01-01T00:00:00Z'], { input: '1234\n' });
  await say('secrets set', ['elsewhere', '--provider', 'vault', '--ref', 'team/db#password']);
  await say('secrets ls', [], { plain: true });
  await say('secrets test', ['api.token', '--job', 'walk']);
  await say('secrets mask', [], { input: 'a value that is walked, in a line\n' });
  await say('secrets rotate', ['api.token', '--job', 'walk'], { input: 'the next value\n' });
  await say('secrets rm', ['api.token', '--job', 'walk', '--yes']);
  await say('secrets rm', ['none', '--yes']);
}

async function walkMonitors(say: Say): Promise<void> {
  await say('monitors add', ['dump', '--schedule', 'every day at 2:00', '--grace', '30m']);
  await say('monitors ls', [], { plain: true });
  await say('monitors set', ['dump', '--grace', '1h', '--name', 'dump']);
  await say('monitors set', ['dump', '--every', '2h'], { plain: true });
  await say('monitors set', ['dump']);
  await say('monitors pause', ['dump']);
  await say('monitors resume', ['dump']);
  await say('monitors get', ['dump']);
  await say('monitors renew', ['dump', '--yes']);
  await say('monitors rm', ['dump', '--yes']);
  await say('monitors ls');
  await say('monitors add', ['none']);
}

export async function walk(say: Say): Promise<void> {
  await walkDemo(say);
  await walkJobs(say);
  await walkCancellation(say);
  await walkChanges(say);
  await walkCalendars(say);
  await walkOperation(say);
  await walkMaintenance(say);
  await walkAttention(say);
  await walkAlerts(say);
  await walkBackfill(say);
  await walkWebhooks(say);
  await walkHooks(say);
  await walkMonitors(say);
  await walkPlugins(say);
  await walkSharing(say);
  await walkKeys(say);
  await walkSecrets(say);
  await walkPeople(say);
}
