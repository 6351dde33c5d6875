/** As whom a command line acts, where, by what, and until when. */
import type { Client, Session } from 'job-trigger-contract';
import type { Way } from './way.ts';

export interface WhoAsks {
  /** Null where the database is asked. */
  readonly server: string | null;
  readonly context: string | null;
  /** `database`: as the first administrator. `nobody`: the server lets all in, and all act as that one. */
  readonly how: 'sign_in' | 'key' | 'database' | 'nobody';
  /** When it is over whatever happens, RFC 3339; null for never. */
  readonly until: string | null;
  readonly person: Session['person'];
  readonly key: Session['key'];
}

async function endOfSignIn(client: Client): Promise<string | null> {
  return (await client.listSessions()).items.find(({ current }) => current)?.expires_at ?? null;
}

/** Null where nobody is known: what was shown is not taken, or nothing was. */
export async function whoAsks(client: Client, way: Way): Promise<WhoAsks | null> {
  const { person, key, settings } = await client.session();
  if (way.kind === 'database') return { server: null, context: null, how: 'database', until: null, person, key };
  if (person === null) return null;
  const { server, context } = way;
  if (key !== null) return { server, context, how: 'key', until: key.expires_at, person, key };
  if (settings.authentication !== 'portal') return { server, context, how: 'nobody', until: null, person, key };
  return { server, context, how: 'sign_in', until: await endOfSignIn(client), person, key };
}

const rightsOf = ({ role, approver }: NonNullable<Session['person']>): string =>
  approver ? `${role}, approver` : role;

/** In a sentence each, without what the terminal must not be told as it is. */
export function whoLines({ server, context, how, until, person, key }: WhoAsks): readonly string[] {
  const who = person === null ? 'the installation itself' : `${person.name} <${person.email}>, ${rightsOf(person)}`;
  const end = until === null ? '' : `, until ${until}`;
  const by = {
    sign_in: `signed in${end}`,
    key: `by the key ${key?.name} with ${key?.scopes.join(', ')}${end}`,
    database: 'on the database, as whoever sits at this machine',
    nobody: 'as the first administrator: nobody signs in there',
  }[how];
  const place = server === null ? [] : [`at ${server}${context === null ? '' : ` (context ${context})`}`];
  return [who, ...place, by];
}
