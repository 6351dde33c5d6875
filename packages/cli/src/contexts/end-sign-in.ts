import { createClient, ProblemError, type Transport } from 'job-trigger-contract';
import type { Held } from './context-file.ts';

/**
 * Ends at its server what is held: a key goes on, and so does nothing that is over already. Only for whoever has the file
 * of contexts to themselves: it may renew once more.
 * @param transport to the server, with no credential
 */
export async function endSignIn(held: Held | null, transport: Transport): Promise<void> {
  if (held === null || held.kind !== 'sign_in') return;
  const clientWith = (token: string) =>
    createClient((request) =>
      transport({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } }),
    );
  try {
    await clientWith(held.access_token).logout();
  } catch (error) {
    if (!isOver(error)) throw error;
    // The short token is over; the sign-in may not be.
    const renewed = await createClient(transport)
      .refresh({ body: { refresh_token: held.refresh_token } })
      .catch((failure: unknown) => {
        if (isOver(failure)) return null;
        throw failure;
      });
    if (renewed !== null) await clientWith(renewed.access_token).logout();
  }
}

const isOver = (error: unknown): boolean => error instanceof ProblemError && error.status === 401;
