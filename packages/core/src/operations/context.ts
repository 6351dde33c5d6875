/** What every operation works with, and who asks. */
import type { JobTypes } from '../job-types/registry.ts';
import type { ArtifactSettings } from '../model/artifact.ts';
import type { Id } from '../model/id.ts';
import type { Sight } from '../model/sight.ts';
import type { SecretProviderSettings } from '../model/secret.ts';
import type { EngineSettings } from '../model/settings.ts';
import type { Quotas } from '../model/quota.ts';
import type { BreakerSettings } from '../model/trouble.ts';
import type { ScriptFolder } from '../flow/see-script.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';

/** Who asks for a change, and by which way. Stands in events and on runs. */
export interface Actor {
  /** Null for the system and for library callers without people. */
  readonly personId: Id | null;
  readonly name: string;
  readonly via: 'page' | 'api' | 'cli' | 'library' | 'hook';
  /** Where the request came from; absent and null inside the process. */
  readonly address?: string | null;
  readonly requestId?: string | null;
  /** Of the key that a program showed, which acts for the person; absent and null for whoever asks in person. */
  readonly keyId?: Id | null;
}

/** Where the scripts folder is that people change. */
export interface ScriptEditing {
  /** What the machine is called that the folder is looked at from; workers tell theirs likewise. */
  readonly host: string;
  /** Every machine with a worker has this same folder. */
  readonly isShared: boolean;
}

export interface OperationContext {
  readonly store: Store;
  readonly system: System;
  readonly dataDir: string;
  readonly scriptsDir: string;
  /** Zone of schedules that name none. */
  readonly defaultTimezone: string;
  readonly allowCommand: boolean;
  /** Private targets that HTTP jobs may call. */
  readonly outgoingAllow: readonly string[];
  readonly scriptRules: { readonly allowedExtensions: readonly string[]; readonly maxBytes: number };
  /** `security.secret_key`; absent or null for the file in the data folder. */
  readonly secretKey?: string | null;
  /** `security.former_secret_key`. */
  readonly formerSecretKey?: string | null;
  /** Where secrets lie that are not kept in the database. Default: nowhere. */
  readonly secretProviders?: SecretProviderSettings;
  /** What fills the numbers that a `retry` leaves out. */
  readonly retryDefaults: { readonly maxAttempts: number; readonly delaySeconds: number };
  /**
   * Puts every instant of a job that has come into the ledger: its engine's `planDue`. Without it an instant that came
   * just before an edit, a pause or a deletion is counted as missed.
   */
  readonly planDue?: (jobId: Id) => Promise<void>;
  /** Of jobs that have no breaker of their own. Default: `defaultBreaker`. */
  readonly breaker?: BreakerSettings;
  /** A worker silent for longer takes no runs. Default 60 000. */
  readonly lostAfterMs?: number;
  /** Starts a second of what is run late after a pause, and how long a waiting run needs to rise. Default: `defaultSettings`. */
  readonly pace?: Pick<EngineSettings, 'drainRate' | 'ageingMs'>;
  /** The types a job may have. Default: those that come with the product. */
  readonly jobTypes?: JobTypes;
  /** Whose eyes the store looks with; absent where it sees everything. */
  readonly sight?: Sight | undefined;
  /** Without anybody's eyes, for what decides on all there is; absent where the store is it. */
  readonly whole?: Store;
  /** Where files that runs left are kept. Default: the data folder. */
  readonly artifacts?: ArtifactSettings;
  /** What scripts hold: present where their approval is required. */
  readonly look?: ScriptFolder | undefined;
  /** Present where people may change the files of the scripts folder by the portal. */
  readonly scriptEditing?: ScriptEditing | undefined;
  /** What one person may hold. Default: `defaultQuotas`. */
  readonly quotas?: Quotas | undefined;
}

/** A person who is signed in asks in person, whatever the way; a program with a key does not. */
export function triggerOf({ via, personId, keyId = null }: Actor): 'api' | 'manual' | 'webhook' {
  if (via === 'hook') return 'webhook';
  return keyId !== null || (via === 'api' && personId === null) ? 'api' : 'manual';
}
