/** Exports the signed end of the audit every ten minutes, as a chain alone cannot show that its end is gone (`CONTRACT.md` 9). */
import { auditSeal, keepHead, keptHeads } from '../channels/audit-seal.ts';
import type { Millis } from '../model/instant.ts';
import { keysFor } from '../secrets/canary.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import { Loop } from './loop.ts';

export interface AuditKeeperOptions {
  readonly store: Store;
  readonly system: System;
  readonly dataDir: string;
  /** `security.secret_key`; null for the file in the data folder. */
  readonly secretKey: string | null;
}

const everyMs: Millis = 600_000;

export class AuditKeeper {
  readonly #options: AuditKeeperOptions;
  readonly #loop: Loop;
  /** Sequence that was exported last; null before the first look. */
  #kept: number | null = null;
  #isFirst = true;

  constructor(options: AuditKeeperOptions) {
    this.#options = options;
    const { clock, log } = options.system;
    this.#loop = new Loop({ name: 'audit keeper', clock, log, pass: () => this.#pass() });
  }

  start(): void {
    this.#loop.start();
  }

  stop(): Promise<void> {
    return this.#loop.stop();
  }

  /** The start is left alone. */
  async #pass(): Promise<Millis> {
    if (!this.#isFirst) await this.tick();
    this.#isFirst = false;
    return everyMs;
  }

  /** Exports the end, into the data folder and the log, unless it is the one that was exported last. */
  async tick(): Promise<void> {
    const { store, system, dataDir, secretKey } = this.#options;
    const head = await store.audit.head();
    this.#kept ??= keptHeads(dataDir).at(-1)?.sequence ?? 0;
    if (head.sequence === this.#kept) return;
    // Read each time: the installation may have got another key meanwhile.
    const keys = await keysFor(store, { dataDir, secretKey, random: system.random }, 'audit head');
    const signed = auditSeal(keys).sign(head, await store.now());
    keepHead(dataDir, signed);
    this.#kept = head.sequence;
    system.log.info('audit head', { ...signed });
  }
}
