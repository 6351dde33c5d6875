/** How many requests a client may send a minute (`SECURITY.md` 2): counted in memory, told in headers. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { JobTriggerError, type Clock } from 'job-trigger-core';
import { isPartOfAPage } from '../plugins/pages.ts';

const windowMs = 60_000;
const mostClients = 10_000;

/** What is counted together, and how often. */
interface Client {
  readonly policy: 'person' | 'key' | 'address' | 'beside';
  readonly name: string;
  readonly most: number;
}

interface Count {
  readonly since: number;
  taken: number;
}

/** Probes, pages, and what proves itself by a token in its address and has a limit of its own: not counted with calls. */
const besideCalls = /^\/api\/(?:health|hooks|pings|feeds)(?:[/?]|$)/;

function clientOf({ caller, ip, url }: FastifyRequest, perMinute: number): Client {
  if (caller !== null && caller.key !== null) return { policy: 'key', name: `key ${caller.key.id}`, most: perMinute };
  if (caller !== null) {
    const { personId } = caller.viewer ?? caller;
    return { policy: 'person', name: `person ${personId}`, most: perMinute * 10 };
  }
  if (!url.startsWith('/api/') || besideCalls.test(url))
    return { policy: 'beside', name: `beside ${ip}`, most: perMinute * 10 };
  return { policy: 'address', name: `address ${ip}`, most: perMinute };
}

export class RequestLimit {
  readonly #clock: Clock;
  readonly #perMinute: () => number;
  readonly #counts = new Map<string, Count>();

  /** @param perMinute for a key or an address; ten times that for a person. 0 counts nothing */
  constructor(clock: Clock, perMinute: () => number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /** Counts one request and says so. @throws `rate_limited` when it is one too many */
  take(request: FastifyRequest, reply: FastifyReply): void {
    const perMinute = this.#perMinute();
    if (perMinute === 0 || isPartOfAPage(request)) return;
    const { policy, name, most } = clientOf(request, perMinute);
    const now = this.#clock.mono();
    const count = this.#countOf(name, now);
    count.taken += 1;
    const seconds = Math.max(1, Math.ceil((count.since + windowMs - now) / 1000));
    void reply.header('ratelimit-policy', `"${policy}";q=${most};w=${windowMs / 1000}`);
    void reply.header('ratelimit', `"${policy}";r=${Math.max(0, most - count.taken)};t=${seconds}`);
    if (count.taken <= most) return;
    throw new JobTriggerError('rate_limited', `Too many requests: ${most} a minute. Try again in ${seconds} s.`, {
      retry_after_seconds: seconds,
    });
  }

  #countOf(name: string, now: number): Count {
    const known = this.#counts.get(name);
    if (known !== undefined && now - known.since < windowMs) return known;
    // The oldest makes room, so that a flood of addresses cannot fill the memory.
    if (this.#counts.size >= mostClients)
      for (const oldest of this.#counts.keys()) if (this.#counts.delete(oldest)) break;
    const fresh = { since: now, taken: 0 };
    this.#counts.delete(name);
    this.#counts.set(name, fresh);
    return fresh;
  }
}
