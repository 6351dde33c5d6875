import type { DeviceSignIn } from '../model/device-sign-in.ts';
import type { Instant } from '../model/instant.ts';

/** Command lines that wait for somebody to let them in. */
export interface DeviceTable {
  /** @returns false when the code is in use */
  add(device: DeviceSignIn): Promise<boolean>;
  /** By what the command line asks with; an old one too. */
  get(hash: string): Promise<DeviceSignIn | null>;
  /** By the code that a person types, as long as nobody has decided and it is not too old. */
  waiting(codeHash: string, now: Instant): Promise<DeviceSignIn | null>;
  /** @returns false when it was decided before, or is too old: of two who decide at once one is told so */
  decide(
    codeHash: string,
    now: Instant,
    by: Pick<DeviceSignIn, 'personId' | 'epoch'> & { readonly decision: 'allowed' | 'denied' },
  ): Promise<boolean>;
  /** Notes when it may ask again. */
  asked(hash: string, next: Pick<DeviceSignIn, 'nextAskAt' | 'intervalSeconds'>): Promise<void>;
  /** Uses it up. @returns false when it was used before: of two who ask at once one is told so */
  take(hash: string): Promise<boolean>;
  prune(now: Instant): Promise<number>;
}
