/**
 * The end of the audit's chain, signed: kept outside the database it shows later that rows are gone from the end, or that
 * the chain was written anew. The signature is an HMAC-SHA256 by a key derived from the installation's.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditHead } from '../model/audit.ts';
import type { Instant } from '../model/instant.ts';
import type { InstallationKey, KeyRing } from '../secrets/installation-key.ts';

export interface SignedHead extends AuditHead {
  /** When it was signed. */
  readonly at: Instant;
  /** Names the key without telling it. */
  readonly keyId: string;
  readonly signature: string;
}

export interface AuditSeal {
  /** With the key in force. */
  sign(head: AuditHead, at: Instant): SignedHead;
  /** Whether the key in force or a former one has signed it. */
  isOurs(head: SignedHead): boolean;
}

function signatureOf({ key }: InstallationKey, { sequence, hash, at }: AuditHead & { readonly at: Instant }): Buffer {
  return createHmac('sha256', key).update(`jtp-audit-head-1|${sequence}|${hash}|${at}`).digest();
}

/**
 * @param keys made for the purpose `audit head`
 * @param kept keys that are in force no more, from before the installation's was replaced
 */
export function auditSeal({ current, former }: KeyRing, kept: readonly InstallationKey[] = []): AuditSeal {
  return {
    sign: (head, at) => ({
      ...head,
      at,
      keyId: current.id,
      signature: signatureOf(current, { ...head, at }).toString('hex'),
    }),
    isOurs(head) {
      const given = Buffer.from(head.signature, 'hex');
      return [current, ...former, ...kept].some((key) => {
        const right = signatureOf(key, head);
        return given.length === right.length && timingSafeEqual(given, right);
      });
    },
  };
}

const fileIn = (dataDir: string): string => join(dataDir, 'audit-heads.jsonl');

/** Adds a line to `audit-heads.jsonl` of the data folder. */
export function keepHead(dataDir: string, head: SignedHead): void {
  appendFileSync(fileIn(dataDir), `${JSON.stringify(head)}\n`, { mode: 0o600 });
}

function isSignedHead(value: unknown): value is SignedHead {
  if (typeof value !== 'object' || value === null) return false;
  const { sequence, hash, at, signature } = value as Partial<SignedHead>;
  return (
    Number.isSafeInteger(sequence) &&
    Number.isSafeInteger(at) &&
    typeof hash === 'string' &&
    typeof signature === 'string'
  );
}

function headOf(line: string): SignedHead | null {
  try {
    const value: unknown = JSON.parse(line);
    return isSignedHead(value) ? value : null;
  } catch {
    // Half a line: the process ended while it wrote it.
    return null;
  }
}

/** What {@link keepHead} kept, the oldest first; none where there is no file. */
export function keptHeads(dataDir: string): readonly SignedHead[] {
  try {
    return readFileSync(fileIn(dataDir), 'utf8')
      .split('\n')
      .flatMap((line) => headOf(line) ?? []);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
