import { secretVariablePrefix, type SecretProviderSettings } from '../model/secret.ts';

const form = new RegExp(`^${secretVariablePrefix}[A-Za-z0-9_]{1,100}$`);

/** Why this names no variable that may be read; null when it does. */
export function refuseVariableName(reference: string): string | null {
  return form.test(reference) ? null : `needs the name of a variable that begins with ${secretVariablePrefix}`;
}

/** @throws in a sentence */
export function readFromEnv(env: SecretProviderSettings['env'], reference: string): string {
  const value = env[reference];
  if (refuseVariableName(reference) !== null || value === undefined)
    throw new Error(`The variable ${reference} is not set where this process was started.`);
  return value;
}
