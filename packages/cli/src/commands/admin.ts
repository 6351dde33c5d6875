/** The way back in for whoever has lost what they sign in with: on the host alone, whose files are the proof. */
import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { Actor, Person } from 'job-trigger-core';
import { confirmed } from '../confirm.ts';
import { emit, tell, type Context } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import type { Installation } from '../assembly.ts';
import { printable } from '../output/table.ts';
import { readConfig } from '../settings-source.ts';

/** Carries out an act on somebody, in the database of the settings. */
async function withPerson<T>(
  { terminal, flags }: Context,
  email: string,
  act: (person: Person, installation: Installation, actor: Actor) => Promise<T>,
): Promise<T> {
  if ((flags.server ?? flags.context ?? terminal.env['JOB_PORTAL_SERVER']) !== undefined)
    throw new CommandError(
      exitStatus.usage,
      'This works on the host of the installation alone, not over a server.',
      'Leave out --server, --context and JOB_PORTAL_SERVER.',
    );
  const { openInstallation } = await import('../assembly.ts');
  const installation = await openInstallation(terminal, await readConfig(terminal, flags));
  try {
    const person = await installation.store.people.byEmail(email);
    if (person === null)
      throw new CommandError(
        exitStatus.notFound,
        `Nobody has the address '${email}'.`,
        'List people with: jtp users ls',
      );
    return await act(person, installation, { personId: null, name: `${userInfo().username} (jtp)`, via: 'cli' });
  } finally {
    await installation.close();
  }
}

export function addAdminCommands(program: Command, context: () => Context): void {
  const admin = program
    .command('admin')
    .description('A way back in for whoever has lost what they sign in with; only on the host.');
  admin
    .command('reset-password <email>')
    .description('Give somebody a new password, written once to stdout; every sign-in of theirs ends.')
    .action(async (email: string) => {
      const { name, password } = await withPerson(context(), email, async (person, installation, actor) => {
        await confirmed(context(), `Give ${printable(person.name)} a new password? All their sign-ins end.`);
        const { resetPassword } = await import('job-trigger-server');
        return { name: person.name, password: await resetPassword(installation, person, actor) };
      });
      await emit(context(), { email: email.toLowerCase(), password }, () => {
        tell(context(), `New password of ${printable(name)}. It is shown only now; they change it in their profile:`);
        context().terminal.stdout.write(`${password}\n`);
      });
    });
  admin
    .command('clear-second-factors <email>')
    .description('Take one-time codes and passkeys away from somebody; the password alone comes in then.')
    .action(async (email: string) => {
      const { name, cleared } = await withPerson(context(), email, async (person, { operations }, actor) => {
        await confirmed(context(), `Clear the second factor of ${printable(person.name)}?`);
        return { name: person.name, cleared: await operations.signInMethods.clearSecondFactors(person.id, actor) };
      });
      const answer = { one_time_codes: cleared.oneTimeCodes, passkeys: cleared.passkeys };
      await emit(context(), answer, () => tell(context(), `${printable(name)} signs in by the password alone.`));
    });
}
