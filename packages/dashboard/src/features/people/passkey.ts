import type { KnownCredential, NewCredential, PasskeyChallenge } from 'job-trigger-contract';

/** What the browser says when nobody came of it, in words. */
const refused = new Error(
  'The browser gave no passkey: the question was cancelled, took too long, or there is none for this address.',
);

/** Whether this browser knows passkeys at all; over plain HTTP beyond `localhost` none does. */
export const hasPasskeys = (): boolean => window.isSecureContext && window.PublicKeyCredential !== undefined;

async function answered<T>(
  asked: PasskeyChallenge,
  ask: () => Promise<unknown>,
): Promise<{ token: string; credential: T }> {
  try {
    return { token: asked.token, credential: (await ask()) as T };
  } catch (error) {
    if (error instanceof Error && error.name === 'InvalidStateError')
      throw new Error('This device holds a passkey of yours already.', { cause: error });
    throw error instanceof TypeError ? error : refused;
  }
}

/** Lets the browser show a passkey that it or a device of its person's holds. */
export async function showPasskey(asked: PasskeyChallenge): Promise<{ token: string; credential: KnownCredential }> {
  const { startAuthentication } = await import('@simplewebauthn/browser');
  return answered(asked, () => startAuthentication({ optionsJSON: asked.options as never }));
}

/** Lets the browser make a new one. */
export async function makePasskey(asked: PasskeyChallenge): Promise<{ token: string; credential: NewCredential }> {
  const { startRegistration } = await import('@simplewebauthn/browser');
  return answered(asked, () => startRegistration({ optionsJSON: asked.options as never }));
}
