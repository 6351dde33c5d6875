/** Sign-in of command lines: one asks, a person says yes or no in a browser, and it comes in once. */
import { JobTriggerError } from '../errors.ts';
import { newUserCode, readUserCode, type AskingDevice, type DeviceSignIn } from '../model/device-sign-in.ts';
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Person } from '../model/person.ts';
import { hashOfToken } from '../model/token-hash.ts';
import { audited, note, subjectOf } from './audited.ts';
import type { Actor, OperationContext } from './context.ts';

export interface DeviceStart {
  /** What the command line asks with, told once. */
  readonly deviceCode: string;
  /** What its person types, told once. */
  readonly userCode: string;
  readonly seconds: number;
  readonly intervalSeconds: number;
}

export interface DeviceOperations {
  start(device: AskingDevice & { readonly address: string | null }): Promise<DeviceStart>;
  /** The one that waits under a code. @throws `not_found`, alike for an unknown, a used and an old code */
  look(userCode: string): Promise<DeviceSignIn>;
  /** @throws as {@link look} */
  decide(userCode: string, decision: 'allowed' | 'denied', personId: Id, actor: Actor): Promise<DeviceSignIn>;
  /**
   * Whoever let the command line in, once.
   * @throws `authorization_pending`, `slow_down`, `access_denied`, `expired_token` for one that is old, used or unknown
   */
  ask(deviceCode: string): Promise<{ readonly person: Person; readonly device: DeviceSignIn }>;
}

const validMs: Millis = 10 * 60_000;
const intervalSeconds = 5;
/** Whoever asks sooner waits so much longer each time (RFC 8628 3.5), up to a minute. */
const slowerSeconds = 5;
const slowestSeconds = 60;

function unknownCode(): JobTriggerError {
  return new JobTriggerError(
    'not_found',
    'No command line waits under this code. It was mistyped, was used already, or is older than ten minutes.',
  );
}

const over = (): JobTriggerError =>
  new JobTriggerError(
    'expired_token',
    'This sign-in is over: nobody confirmed it in time, or it was used. Begin anew.',
  );

const pending = (interval: number): JobTriggerError =>
  new JobTriggerError('authorization_pending', 'Nobody has confirmed the code yet.', { interval });

function slowDown(seconds: number): JobTriggerError {
  const details = { interval: seconds, retry_after_seconds: seconds };
  return new JobTriggerError('slow_down', `Asked too soon. Ask every ${seconds} s from now on.`, details);
}

/** What a stranger says is shown to people: without characters that hide, turn or end a text. */
const shown = (text: string, longest: number): string =>
  text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '')
    .trim()
    .slice(0, longest);

function codeHashOf(userCode: string): string {
  const code = readUserCode(userCode);
  if (code === null) throw unknownCode();
  return hashOfToken(code);
}

export function deviceOperations({ store, system }: OperationContext): DeviceOperations {
  async function look(userCode: string): Promise<DeviceSignIn> {
    const found = await store.devices.waiting(codeHashOf(userCode), await store.now());
    if (found === null) throw unknownCode();
    return found;
  }

  /** Whoever said yes, as long as nothing about them has changed since. */
  async function whoLet({ personId, epoch }: DeviceSignIn): Promise<Person> {
    const person = personId === null ? null : await store.people.get(personId);
    if (person === null || !person.active || person.epoch !== epoch) throw over();
    return person;
  }

  async function notYet({ hash, intervalSeconds: before, nextAskAt }: DeviceSignIn, now: Instant): Promise<Error> {
    const isTooSoon = now < nextAskAt;
    const seconds = isTooSoon ? Math.min(before + slowerSeconds, slowestSeconds) : before;
    await store.devices.asked(hash, { nextAskAt: now + seconds * 1000, intervalSeconds: seconds });
    return isTooSoon ? slowDown(seconds) : pending(seconds);
  }

  return {
    async start({ client, host, address }) {
      const deviceCode = Buffer.from(system.random.bytes(32)).toString('base64url');
      const now = await store.now();
      for (;;) {
        const userCode = newUserCode((count) => system.random.bytes(count));
        const isNew = await store.devices.add({
          hash: hashOfToken(deviceCode),
          codeHash: hashOfToken(userCode),
          createdAt: now,
          expiresAt: now + validMs,
          client: shown(client, 60),
          host: shown(host, 100),
          address,
          nextAskAt: now,
          intervalSeconds,
          decision: null,
          personId: null,
          epoch: 0,
        });
        if (isNew) return { deviceCode, userCode, seconds: validMs / 1000, intervalSeconds };
      }
    },

    look,

    async decide(userCode, decision, personId, actor) {
      const codeHash = codeHashOf(userCode);
      return audited(store, async (tables) => {
        const now = await tables.now();
        const device = await tables.devices.waiting(codeHash, now);
        const person = await tables.people.get(personId);
        if (device === null || person === null) throw unknownCode();
        const by = { decision, personId, epoch: person.epoch };
        if (!(await tables.devices.decide(codeHash, now, by))) throw unknownCode();
        const { client, host, address } = device;
        await note(tables, actor, {
          action: decision === 'allowed' ? 'device.allowed' : 'device.denied',
          subject: subjectOf('person', person),
          after: { client, host, address },
        });
        return { ...device, ...by };
      });
    },

    async ask(deviceCode) {
      const hash = hashOfToken(deviceCode);
      const device = await store.devices.get(hash);
      const now = await store.now();
      if (device === null || device.expiresAt <= now) throw over();
      if (device.decision === null || now < device.nextAskAt) throw await notYet(device, now);
      if (!(await store.devices.take(hash))) throw over();
      if (device.decision === 'denied') throw new JobTriggerError('access_denied', 'The sign-in was denied.');
      return { person: await whoLet(device), device };
    },
  };
}
