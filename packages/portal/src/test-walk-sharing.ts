/** The same person's calls about whom jobs are shared with. */
import type { Client, Job } from 'job-trigger-contract';
import { expect } from 'vitest';

/** @param email of the only person there is */
export async function walkSharing(client: Client, { id }: Job, email: string): Promise<void> {
  const params = { id };
  const team = { name: 'Night' };
  expect(await client.setTeam({ params: team, body: { members: [email] } })).toMatchObject({ member_count: 1 });
  const items = [
    { with: 'team' as const, team: 'Night', level: 'run' as const },
    { with: 'everyone' as const, level: 'view' as const },
  ];
  const shared = await client.shareJob({ params, body: { items } });
  expect(shared.items).toMatchObject([
    { with: 'everyone', level: 'view' },
    { name: 'Night', level: 'run' },
  ]);
  expect(await client.jobShares({ params })).toEqual(shared);
  expect(await client.jobAccess({ params, query: { person: email } })).toMatchObject({ level: 'own', role: 'admin' });
  expect((await client.listTeams()).items).toMatchObject([{ name: 'Night', members: [{ email }] }]);
  await client.deleteTeam({ params: team });
  expect((await client.jobShares({ params })).items).toMatchObject([{ with: 'everyone' }]);
}
