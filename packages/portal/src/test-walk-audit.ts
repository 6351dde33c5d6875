/** The audit as an administrator reads it, and which changing calls leave a row in it. */
import { endpoints, type Client, type EndpointName } from 'job-trigger-contract';
import { expect } from 'vitest';

/** Calls with another method than GET that change nothing a person keeps, each with the reason. */
export const unaudited: Partial<Record<EndpointName, string>> = {
  preview: 'A preview: nothing is stored.',
  parseSchedule: 'Reads a text.',
  whatIf: 'A forecast: nothing is stored.',
  verifyAudit: 'Reads the audit.',
  testSecret: 'Tells whether a value can be read: nothing is stored.',
  maskLine: 'Masks a text: nothing is stored.',
  beginOidc: 'Begins what comes back or does not; the sign-in is told.',
  beginLink: 'Begins what comes back or does not; what is added is told.',
  startDevice: 'Only a question: what somebody answers is told.',
  refresh: 'Goes on with a sign-in that is told; one that comes a second time is told, and a test of its own.',
  readInvitation: 'Tells what a token invites to: nothing is stored.',
  provision: 'Finds all as it is to be in the walk; what it does are acts on jobs, which are told.',
  backfill: 'Only counted in the walk; its row is a test of the operations.',
  acknowledgeAllAlerts: 'Finds none in the walk; its rows are a test of the operations.',
  passkeyChallenge: 'Only a question: what comes of the answer is told.',
  proofChallenge: 'Only a question: what comes of the answer is told.',
  passkeyOptions: 'Only a question: what comes of the answer is told.',
  beginCodes: 'A key that counts for nothing until a code has confirmed it.',
  beginView: 'Whoever looks with other eyes cannot read the audit; its row is a test of its own.',
  confirmClock: 'Finds no clock that jumped in the walk; its row is a test of the operations.',
};

export const changingEndpoints = (Object.keys(endpoints) as EndpointName[]).filter(
  (name) => endpoints[name].method !== 'GET',
);

export async function walkAudit(client: Client): Promise<void> {
  const { items } = await client.listAudit({ query: { action: 'job.*', who: 'Mei', limit: 500 } });
  const created = items.find(({ action, subject }) => action === 'job.created' && subject.name === 'walk');
  expect(created).toMatchObject({ who: { name: 'Mei', via: 'api', address: '127.0.0.1' }, subject: { kind: 'job' } });
  expect(created?.changes).toContainEqual({ field: 'schedules.0.times', before: null, after: ['09:00'] });
  expect((await client.auditActions()).items.map(({ action }) => action)).toContain('job.created');
  const head = await client.auditHead();
  expect(await client.verifyAudit({ body: { head } })).toMatchObject({ ok: true, fault: null, rows: head.sequence });
}
