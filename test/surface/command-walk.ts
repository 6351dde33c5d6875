/** A walk through every command that asks an installation something, as a person would take it. */
import type { Ended } from '../setup/jtp.ts';

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

export async function walk(say: Say): Promise<void> {
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
  const again = await say('runs retry', [run, '--note', 'once more']);
  await say('logs', [field(again, 'run_id'), '-f'], { plain: true });

  // Nobody serves these labels: the run waits until it is cancelled.
  await say('jobs create', ['-f', '-'], {
    input: '{name: waits, type: script, config: {script: says.sh}, worker_labels: [moon]}',
  });
  const waits = field(await say('run', ['waits']), 'run_id');
  await say('queues ls');
  await say('jobs why', ['waits']);
  await say('runs cancel', [waits, '--note', 'enough']);
  await say('runs get', [waits]);

  await say('jobs edit', ['walk', '-f', '-'], { input: '{tags: [a], description: a walk}' });
  await say('jobs versions', ['walk']);
  await say('jobs pause', ['walk', '--reason', 'holiday']);
  await say('jobs why', ['walk'], { plain: true });
  await say('run', ['walk']);
  await say('jobs resume', ['walk']);
  await say('jobs occurrences', ['walk']);
  await say('jobs ls', ['--sort', 'name', '--limit', '1']);
  await say('jobs ls', ['--search', 'al', '--status', 'active']);
  await say('jobs rm', ['waits', '--yes']);
  await say('jobs ls', ['--deleted']);
  await say('jobs get', ['waits']);
  await say('jobs create', ['-f', '-'], { input: '{name: walk, type: script, config: {script: says.sh}}' });
  await say('workers ls', ['--all']);
  await say('schedulers ls');
  await say('events', ['--kind', 'job.created,job.changed,job.deleted,run.cancelled']);
  await say('health', ['--component', 'database'], { plain: true });
}
