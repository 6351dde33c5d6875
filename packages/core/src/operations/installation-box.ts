import { secretBox, type SecretBox } from '../secrets/secret-box.ts';
import type { KeyPlace } from '../secrets/installation-key.ts';
import type { OperationContext } from './context.ts';

export function keysOf({ dataDir, secretKey = null, formerSecretKey = null, system }: OperationContext): KeyPlace {
  return { dataDir, secretKey, formerSecretKey, random: system.random };
}

/** Seals with the key of the installation. */
export const boxOf = (context: OperationContext): SecretBox => secretBox(keysOf(context));
