/** One-time codes as a second step of signing in, and the recovery codes for whoever has lost the app. */
import { invalidField, JobTriggerError } from '../errors.ts';
import type { Id } from '../model/id.ts';
import type { Millis } from '../model/instant.ts';
import type { Person } from '../model/person.ts';
import { oneTimePlace } from '../model/sealed-place.ts';
import { hashOfToken } from '../model/token-hash.ts';
import { isCode, oneTimeKeyBytes, oneTimeUri, stepOfCode, toBase32 } from '../policy/one-time-code.ts';
import { audited, note, noteNothing, subjectOf } from './audited.ts';
import type { Actor, OperationContext } from './context.ts';
import { boxOf } from './installation-box.ts';
import { notFound } from './jobs.ts';
import { toldOfPerson } from './people.ts';

/** What an app is to take in, told once. */
interface OneTimeKeyMade {
  /** In base32, to be typed. */
  readonly secret: string;
  /** `otpauth://totp/…`, to be shown as a picture or followed. */
  readonly uri: string;
}

export interface OneTimeCodeOperations {
  /** A key that counts once a code of it has come back. @throws `conflict` where there is one that counts */
  beginCodes(personId: Id): Promise<OneTimeKeyMade>;
  /** @returns the recovery codes, told once @throws `conflict` without a key that waits for it, `invalid` for a wrong code */
  confirmCodes(personId: Id, code: string, actor: Actor): Promise<readonly string[]>;
  /** With the recovery codes. @throws `not_found` */
  removeCodes(personId: Id, actor: Actor): Promise<void>;
  /** In the place of those before. @throws `not_found` where no codes are asked for */
  renewRecoveryCodes(personId: Id, actor: Actor): Promise<readonly string[]>;
  /**
   * Uses a one-time or a recovery code up: it counts once, whichever portal it is shown to.
   * @returns false, alike for a wrong code, one used before and somebody who has none
   * @throws `rate_limited` after ten wrong ones in a quarter of an hour, counted in the database
   */
  takeCode(personId: Id, code: string, actor: Actor): Promise<boolean>;
}

const issuer = 'Job Trigger Portal';
const recoveryCodes = 10;
/** 80 bits: nobody guesses one, not even from its hash. */
const recoveryBytes = 10;
const mostWrong = 10;
const wrongWindowMs: Millis = 15 * 60_000;

/** As people type them: with spaces, hyphens, in capitals. */
const plain = (code: string): string => code.replace(/[\s-]/g, '').toLowerCase();

const tooManyCodes = (): JobTriggerError =>
  new JobTriggerError('rate_limited', 'Too many wrong codes. Wait a quarter of an hour, or use a recovery code.', {
    retry_after_seconds: wrongWindowMs / 1000,
  });

export function oneTimeCodeOperations(context: OperationContext): OneTimeCodeOperations {
  const { store, system } = context;
  const box = boxOf(context);

  async function existing(personId: Id): Promise<Person> {
    const person = await store.people.get(personId);
    if (person === null) throw notFound('person');
    return person;
  }

  /** Ten of them as `abcd-efgh-ijkl-mnop`. */
  const drawRecoveryCodes = (): readonly string[] =>
    Array.from({ length: recoveryCodes }, () => {
      const text = toBase32(system.random.bytes(recoveryBytes)).toLowerCase();
      return (text.match(/.{4}/g) ?? []).join('-');
    });

  const hashesOf = (codes: readonly string[]): readonly string[] => codes.map((code) => hashOfToken(plain(code)));

  async function takeOneTime(personId: Id, code: string): Promise<boolean> {
    const key = await store.signInMethods.oneTime(personId);
    if (key === null || key.confirmedAt === null) return false;
    const now = await store.now();
    // Counted before it is looked at, so that many at once get no further than one after the other.
    const limit = { most: mostWrong, since: now - wrongWindowMs };
    if (!(await store.signInMethods.countTry(personId, now, limit))) throw tooManyCodes();
    const step = stepOfCode(Buffer.from(box.open(key.secret, oneTimePlace(personId)), 'base64'), code, now);
    return step !== null && store.signInMethods.takeStep(personId, step);
  }

  async function takeRecovery(personId: Id, code: string, actor: Actor): Promise<boolean> {
    const person = await existing(personId);
    const who = { ...actor, personId, name: person.name };
    const hash = hashOfToken(code);
    return audited(store, async (tables) => {
      if (!(await tables.signInMethods.takeRecoveryCode(personId, hash))) {
        noteNothing(tables);
        return false;
      }
      const left = await tables.signInMethods.recoveryCodes(personId);
      await tables.events.append([toldOfPerson('person.recovery_code_used', person, who, { left })]);
      await note(tables, who, {
        action: 'person.recovery_code_used',
        subject: subjectOf('person', person),
        after: { left },
      });
      return true;
    });
  }

  return {
    async beginCodes(personId) {
      const { email } = await existing(personId);
      const bytes = Buffer.from(system.random.bytes(oneTimeKeyBytes));
      const isBegun = await store.signInMethods.beginOneTime({
        personId,
        createdAt: await store.now(),
        secret: box.seal(bytes.toString('base64'), oneTimePlace(personId)),
        confirmedAt: null,
        lastStep: 0,
      });
      if (!isBegun) throw new JobTriggerError('conflict', 'One-time codes are on already. Remove them first.');
      const secret = toBase32(bytes);
      return { secret, uri: oneTimeUri({ secret, account: email, issuer }) };
    },

    async confirmCodes(personId, code, actor) {
      const person = await existing(personId);
      const key = await store.signInMethods.oneTime(personId);
      if (key === null || key.confirmedAt !== null)
        throw new JobTriggerError('conflict', 'No key waits to be confirmed. Begin anew.');
      const bytes = Buffer.from(box.open(key.secret, oneTimePlace(personId)), 'base64');
      const step = stepOfCode(bytes, plain(code), await store.now());
      if (step === null)
        throw invalidField('code', 'is not the code of this moment; check the clock of the device that shows it');
      const codes = drawRecoveryCodes();
      await audited(store, async (tables) => {
        if (!(await tables.signInMethods.confirmOneTime(key, await tables.now(), step)))
          throw new JobTriggerError('conflict', 'Another key was made meanwhile. Begin anew.');
        await tables.signInMethods.setRecoveryCodes(personId, hashesOf(codes));
        await tables.events.append([toldOfPerson('person.codes_added', person, actor)]);
        await note(tables, actor, { action: 'person.codes_added', subject: subjectOf('person', person) });
      });
      store.bell.ring('change');
      return codes;
    },

    async removeCodes(personId, actor) {
      const person = await existing(personId);
      await audited(store, async (tables) => {
        if (!(await tables.signInMethods.removeOneTime(personId))) throw notFound('one-time code');
        await tables.events.append([toldOfPerson('person.codes_removed', person, actor)]);
        await note(tables, actor, { action: 'person.codes_removed', subject: subjectOf('person', person) });
      });
      store.bell.ring('change');
    },

    async renewRecoveryCodes(personId, actor) {
      const person = await existing(personId);
      const codes = drawRecoveryCodes();
      await audited(store, async (tables) => {
        const key = await tables.signInMethods.oneTime(personId);
        if (key === null || key.confirmedAt === null) throw notFound('one-time code');
        await tables.signInMethods.setRecoveryCodes(personId, hashesOf(codes));
        await tables.events.append([toldOfPerson('person.recovery_codes_renewed', person, actor)]);
        await note(tables, actor, { action: 'person.recovery_codes_renewed', subject: subjectOf('person', person) });
      });
      return codes;
    },

    takeCode(personId, code, actor) {
      const typed = plain(code);
      return isCode.test(typed) ? takeOneTime(personId, typed) : takeRecovery(personId, typed, actor);
    },
  };
}
