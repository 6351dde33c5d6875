import type { Say } from './command-walk.ts';

/** Settings that change while everything runs, and such that do not. */
export async function walkSettings(say: Say): Promise<void> {
  await say('config set', ['breaker.consecutive', '4']);
  await say('config set', ['retention.run_days', '3', '--dry-run'], { plain: true });
  await say('config set', ['breaker.consecutive', 'few'], { plain: true });
  await say('config set', ['server.port', '80']);
  await say('config unset', ['breaker.consecutive'], { plain: true });
  await say('config set', ['breaker.recent', '2', '--for', 'mei@example.org']);
  await say('config show', ['--for', 'mei@example.org'], { plain: true });
  await say('config unset', ['breaker.recent', '--for', 'mei@example.org'], { plain: true });
}

/** As somebody else would be answered; what would change something, and who cannot be looked as. */
export async function walkViews(say: Say): Promise<void> {
  await say('users view-as', ['ann@example.org', '--', 'jobs', 'get', 'walk', '--json', '--fields', 'name']);
  await say('users view-as', ['ann@example.org', '--', 'jobs', 'ls', '--json', '--fields', 'name']);
  await say('users view-as', ['ann@example.org', '--', 'jobs', 'pause', 'walk']);
  await say('users view-as', ['ann@example.org', '--', 'restore', 'all.tar']);
  await say('users view-as', ['mei@example.org', '--', 'jobs', 'ls']);
}
