import { Option, type Command } from 'commander';
import type { Client, Share, ShareLevel, SharesInput } from 'job-trigger-contract';
import { confirmed } from '../confirm.ts';
import { emit, tell, withConnection, type Context } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';
import { findJob } from '../find-job.ts';
import { writeFacts } from '../output/facts.ts';
import { printable, writeTable, type Column } from '../output/table.ts';

type Given = NonNullable<SharesInput['items']>[number];

/** An address is a person, `everyone` is everyone, and any other name a team. */
function shareWith(whom: string, level: ShareLevel): Given {
  if (whom === 'everyone') return { with: 'everyone', level };
  return whom.includes('@') ? { with: 'person', email: whom, level } : { with: 'team', team: whom, level };
}

/** A share that stands, as it is sent again. */
function sentAgain({ with: kind, name, email, level }: Share): readonly Given[] {
  if (kind === 'everyone') return [{ with: 'everyone', level }];
  if (kind === 'team') return name === null ? [] : [{ with: 'team', team: name, level }];
  return email === null ? [] : [{ with: 'person', email, level }];
}

const keyOf = (share: Given): string =>
  share.with === 'everyone' ? 'everyone' : (share.with === 'team' ? share.team : share.email).toLowerCase();

const whomOf = ({ with: kind, name, email }: Share): string =>
  kind === 'everyone' ? 'everyone' : (email ?? name ?? '');

const columns: readonly Column<Share>[] = [
  { title: 'WITH', text: whomOf },
  { title: 'KIND', text: ({ with: kind }) => kind },
  { title: 'MAY', text: ({ level }) => level },
];

/** The shares of a job without the one with `whom`, as they are sent again. */
async function others(
  client: Client,
  id: string,
  whom: string,
): Promise<{ readonly rest: Given[]; readonly had: boolean }> {
  const { items } = await client.jobShares({ params: { id } });
  const all = items.flatMap(sentAgain);
  const rest = all.filter((share) => keyOf(share) !== whom.toLowerCase());
  return { rest, had: rest.length < all.length };
}

/** Whom a job is shared with, whose it is, and why somebody sees it. */
export function addSharingCommands(jobs: Command, context: () => Context): void {
  jobs
    .command('shares <job>')
    .description('Whose a job is, and whom it is shared with.')
    .action(async (name: string) => {
      const shares = await withConnection(context(), async ({ client }) =>
        client.jobShares({ params: { id: (await findJob(client, name)).id } }),
      );
      await emit(context(), shares, () => {
        tell(context(), shares.owner === null ? 'It has no owner.' : `It is ${printable(shares.owner.name)}’s.`);
        writeTable(
          context(),
          shares.items,
          columns,
          printable(`It is shared with nobody. Share it with: jtp jobs share '${name}'`),
        );
      });
    });
  jobs
    .command('share <job>')
    .description('Share a job, or change what somebody may do to it.')
    .requiredOption('--with <whom>', 'the address of a person, the name of a team, or everyone')
    .addOption(
      new Option('--as <level>', 'what they may do; each holds the one before')
        .choices(['view', 'run', 'edit'])
        .makeOptionMandatory(),
    )
    .action(async (name: string, { with: whom, as }: { readonly with: string; readonly as: ShareLevel }) => {
      const shares = await withConnection(context(), async ({ client }) => {
        const { id } = await findJob(client, name);
        const { rest } = await others(client, id, whom);
        return client.shareJob({ params: { id }, body: { items: [...rest, shareWith(whom, as)] } });
      });
      await emit(context(), shares, () => tell(context(), `${printable(whom)} may ${as} ${printable(name)}.`));
    });
  jobs
    .command('unshare <job>')
    .description('End the share with somebody.')
    .requiredOption('--with <whom>', 'the address of a person, the name of a team, or everyone')
    .action(async (name: string, { with: whom }: { readonly with: string }) => {
      const shares = await withConnection(context(), async ({ client }) => {
        const { id } = await findJob(client, name);
        const { rest, had } = await others(client, id, whom);
        if (!had)
          throw new CommandError(
            exitStatus.notFound,
            `${name} is not shared with '${whom}'.`,
            `See with whom: jtp jobs shares '${name}'`,
          );
        return client.shareJob({ params: { id }, body: { items: rest } });
      });
      await emit(context(), shares, () =>
        tell(context(), `${printable(name)} is no longer shared with ${printable(whom)}.`),
      );
    });
  jobs
    .command('give <job>')
    .description('Give a job to another owner.')
    .requiredOption('--to <address>', 'address of the person, or nobody')
    .action(async (name: string, { to }: { readonly to: string }) => {
      const shares = await withConnection(context(), async ({ client }) => {
        const { id } = await findJob(client, name);
        await confirmed(context(), `Give ${printable(name)} to ${printable(to)}? It is no longer its owner’s.`);
        return client.shareJob({ params: { id }, body: { owner: to === 'nobody' ? null : to } });
      });
      await emit(context(), shares, () => tell(context(), `${printable(name)} was given to ${printable(to)}.`));
    });
  jobs
    .command('access <job>')
    .description('What a person may do to a job, and why.')
    .option('--person <address>', 'yourself when absent')
    .action(async (name: string, { person }: { readonly person?: string }) => {
      const access = await withConnection(context(), async ({ client }) =>
        client.jobAccess({
          params: { id: (await findJob(client, name)).id },
          query: person === undefined ? {} : { person },
        }),
      );
      await emit(context(), access, () =>
        writeFacts(context(), [
          ['may', access.level ?? 'nothing'],
          ['role', `${access.role}, at most ${access.ceiling}`],
          ['owner', access.owner?.name ?? 'nobody'],
          ['why', access.text],
        ]),
      );
    });
}

/** Teams: people who are shared with as one. */
export function addTeamCommands(program: Command, context: () => Context): void {
  const teams = program.command('teams').description('Teams: people with whom jobs are shared as one.');
  teams
    .command('ls')
    .description('List the teams with their members.')
    .action(async () => {
      const answer = await withConnection(context(), ({ client }) => client.listTeams());
      await emit(context(), answer, () =>
        writeTable(
          context(),
          answer.items,
          [
            { title: 'NAME', text: ({ name }) => name },
            { title: 'PEOPLE', text: ({ member_count: count }) => String(count) },
            { title: 'MEMBERS', cut: 'first', text: ({ members }) => members.map(({ email }) => email).join(', ') },
          ],
          'No teams yet. Make one with: jtp teams set NAME --members a@example.org,b@example.org',
        ),
      );
    });
  teams
    .command('set <name>')
    .description('Make a team, or change its members or its name.')
    .option('--members <addresses>', 'in place of those there are, with commas between')
    .option('--name <name>', 'its new name')
    .action(async (name: string, flags: { readonly members?: string; readonly name?: string }) => {
      const members = flags.members?.split(',').flatMap((email) => (email.trim() === '' ? [] : [email.trim()]));
      const body = {
        ...(flags.name === undefined ? {} : { name: flags.name }),
        ...(members === undefined ? {} : { members }),
      };
      const team = await withConnection(context(), ({ client }) => client.setTeam({ params: { name }, body }));
      const count = team.member_count;
      await emit(context(), team, () =>
        tell(context(), `${printable(team.name)} has ${count === 1 ? '1 member' : `${count} members`}.`),
      );
    });
  teams
    .command('rm <name>')
    .description('Remove a team. What was shared with it is shared with its members no longer.')
    .action(async (name: string) => {
      await withConnection(context(), async ({ client }) => {
        await confirmed(context(), `Remove the team ${printable(name)}? Its members lose what was shared with it.`);
        await client.deleteTeam({ params: { name } });
      });
      tell(context(), `Removed ${printable(name)}.`);
    });
}
