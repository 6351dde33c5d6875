import type { Command } from 'commander';
import type { Connection, Context, GlobalFlags } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import type { Terminal } from '../terminal.ts';
import { findUser } from './users.ts';

/** Opens the way to the installation for one command. */
export type Open = (terminal: Terminal, flags: GlobalFlags) => Promise<Connection>;

/** Commands that ask the installation for everything; what is done on the host would be done with one's own eyes. */
const lookers: ReadonlySet<string> = new Set([
  'alerts',
  'api',
  'artifacts',
  'attention',
  'calendars',
  'events',
  'graph',
  'health',
  'hooks',
  'jobs',
  'keys',
  'limits',
  'locks',
  'logs',
  'maintenance',
  'monitors',
  'queues',
  'runs',
  'schedulers',
  'scripts',
  'secrets',
  'teams',
  'whoami',
  'workers',
]);

/** The same way, seen with the eyes of somebody until it is closed. */
async function seenAs(connection: Connection, email: string): Promise<Connection> {
  const { client } = connection;
  try {
    await client.beginView({ params: { id: (await findUser(client, email)).id } });
  } catch (error) {
    await connection.close();
    throw error;
  }
  return {
    ...connection,
    async close() {
      try {
        await client.endView();
      } finally {
        await connection.close();
      }
    },
  };
}

/** @param run carries out a command line whose connections are opened so */
export function addViewCommand(
  program: Command,
  context: () => Context,
  run: (words: readonly string[], open: Open) => Promise<void>,
): void {
  const users = program.commands.find((command) => command.name() === 'users');
  users
    ?.command('view-as <email> <command...>')
    .description('Ask something as somebody else would be answered. Nothing can be changed so; the audit tells of it.')
    .action(async (email: string, words: readonly string[]) => {
      const [first = ''] = words;
      if (!lookers.has(first))
        throw new CommandError(
          exitStatus.usage,
          `'${first}' is no command that looks at an installation as somebody sees it.`,
          `It is one of: ${[...lookers].join(', ')}`,
        );
      await run(words, async () => seenAs(await context().connect(), email));
    });
}
