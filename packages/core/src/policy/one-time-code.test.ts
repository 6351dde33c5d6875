import { describe, expect, test } from 'vitest';
import { codeOf, oneTimeUri, stepAt, stepOfCode, toBase32 } from './one-time-code.ts';

const key = Buffer.from('12345678901234567890');

describe('one-time codes', () => {
  test.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_111_111_111, '050471'],
    [1_234_567_890, '005924'],
    [2_000_000_000, '279037'],
    [20_000_000_000, '353130'],
  ])('at %d s the code is that of RFC 6238, appendix B', (seconds, code) => {
    expect(codeOf(key, stepAt(seconds * 1000))).toBe(code);
  });

  test('a code is known half a minute before and after its own, and not beyond', () => {
    const now = 1_234_567_890_000;
    const step = stepAt(now);
    const steps = [-2, -1, 0, 1, 2].map((away) => stepOfCode(key, codeOf(key, step + away), now));
    expect(steps).toEqual([null, step - 1, step, step + 1, null]);
    for (const wrong of ['', '12345', '0059240', '00592a', 'ööö'])
      expect([wrong, stepOfCode(key, wrong, now)]).toEqual([wrong, null]);
  });

  test.each([
    ['', ''],
    ['f', 'MY'],
    ['foobar', 'MZXW6YTBOI'],
  ])('%j is written as RFC 4648, section 10 has it', (text, written) => {
    expect(toBase32(Buffer.from(text))).toBe(written);
  });

  test('the address for apps names the portal and the account', () => {
    expect(oneTimeUri({ secret: 'MZXW6YTB', account: 'mei@example.org', issuer: 'Job Portal' })).toBe(
      'otpauth://totp/Job%20Portal:mei%40example.org?secret=MZXW6YTB&issuer=Job%20Portal',
    );
  });
});
