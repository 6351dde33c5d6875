/** A sign-in of a context that goes on by itself: its access token is soon over, and the next one is asked for in time. */
import { createClient, ProblemError, type Tokens, type Transport } from 'job-trigger-contract';
import type { Terminal } from '../terminal.ts';
import { changeContexts, withContext, type Contexts, type HeldSignIn } from './context-file.ts';

/** An access token that is over so soon could be over on the way. */
const spareMs = 30_000;

/** What is kept of an answer with tokens. @param now epoch ms, by the clock of this machine */
export function heldOf(tokens: Tokens, now: number): HeldSignIn {
  const until = (seconds: number): string => new Date(now + seconds * 1000).toISOString();
  return {
    kind: 'sign_in',
    access_token: tokens.access_token,
    access_until: until(tokens.expires_in),
    refresh_token: tokens.refresh_token ?? '',
    refresh_until: until(tokens.refresh_expires_in ?? 0),
  };
}

function isOver(server: string): ProblemError {
  return new ProblemError({
    type: 'about:blank',
    title: 'Sign in first',
    status: 401,
    code: 'unauthenticated',
    detail: `The sign-in at ${server} is over.`,
    request_id: '',
  });
}

const isFresh = ({ access_until: until }: HeldSignIn): boolean => Date.parse(until) - Date.now() > spareMs;

/** What the file holds for the place by now; null where it is another server, or nobody is signed in there any more. */
function signInOf({ contexts }: Contexts, { context, server }: Place): HeldSignIn | null {
  const known = contexts[context];
  return known?.server === server && known.held?.kind === 'sign_in' ? known.held : null;
}

/** @returns null when the sign-in is over */
async function exchanged(transport: Transport, refreshToken: string): Promise<HeldSignIn | null> {
  try {
    return heldOf(await createClient(transport).refresh({ body: { refresh_token: refreshToken } }), Date.now());
  } catch (error) {
    if (error instanceof ProblemError && error.status === 401) return null;
    throw error;
  }
}

/**
 * Whoever renews has the file to itself, and looks first whether another did meanwhile: a refresh token that came a second
 * time would end the sign-in. One that is over is forgotten.
 * @param former the access token that is over, or not taken any more
 * @throws ProblemError (unauthenticated) when the sign-in is over
 */
async function renewed(terminal: Pick<Terminal, 'env'>, place: Place, former: string): Promise<HeldSignIn> {
  const { context, server, patient } = place;
  const held = await changeContexts(terminal, async (all) => {
    const now = signInOf(all, place);
    if (now === null) return { keep: null, value: null };
    if (now.access_token !== former && isFresh(now)) return { keep: null, value: now };
    const next = await exchanged(patient, now.refresh_token);
    return { keep: withContext(all, context, { server, held: next }), value: next };
  });
  if (held === null) throw isOver(server);
  return held;
}

interface Place {
  readonly context: string;
  readonly server: string;
  /** To the server, with no credential. */
  readonly transport: Transport;
  /** The same with time enough: an answer to a renewal that nobody waits for is a sign-in lost. */
  readonly patient: Transport;
}

/** Calls with the sign-in of a context, which is renewed when it is over, and once when it is not taken. */
export function renewingTransport(terminal: Pick<Terminal, 'env'>, place: Place, held: HeldSignIn): Transport {
  let now = held;
  const send: (request: Parameters<Transport>[0]) => ReturnType<Transport> = (request) =>
    place.transport({ ...request, headers: { ...request.headers, authorization: `Bearer ${now.access_token}` } });
  return async (request) => {
    if (!isFresh(now)) now = await renewed(terminal, place, now.access_token);
    const used = now.access_token;
    const answer = await send(request);
    if (answer.status !== 401) return answer;
    // Of several calls at once one renews.
    if (now.access_token === used) now = await renewed(terminal, place, used);
    return send(request);
  };
}
