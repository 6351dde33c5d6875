/** The portal as a person has it: `npm start`'s program, one process and its spawner, on SQLite. */
import { createClient, fetchTransport, type Client } from 'job-trigger-contract';
import { administrator, startPortal, type PortalProcess } from '../test/setup/portal-process.ts';

export interface BenchPortal extends PortalProcess {
  readonly client: Client;
  /** Of its administrator. */
  readonly token: string;
}

export async function startBuiltPortal(options: {
  readonly env?: Readonly<Record<string, string>>;
  readonly prepare?: (dataDir: string) => Promise<void>;
}): Promise<BenchPortal> {
  const env = { JOB_PORTAL_RATE_PER_MINUTE: '0', ...options.env };
  const portal = await startPortal({ ...options, administrator: true, env });
  const anybody = createClient(fetchTransport({ base: portal.base }));
  const { access_token: token } = await anybody.login({ body: administrator });
  const client = createClient(fetchTransport({ base: portal.base, headers: { authorization: `Bearer ${token}` } }));
  return { ...portal, client, token };
}
