import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressBytes, allowList, isPublicAddress } from './address.ts';

describe('an address inside (SEC-F1)', () => {
  test.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '192.168.0.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.7',
    '203.0.113.9',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::ffff:10.0.0.1',
    '::ffff:0:127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::10.0.0.1',
    '64:ff9b:1::7f00:1',
    '2002:7f00:1::',
    '2002:0a00:0001::1',
    '2001::1',
    '2001:db8::1',
    '3fff::1',
    '100::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1',
    'febf::1',
    'fec0::1',
    'ff02::1',
    '4000::1',
    'fe80::1%eth0',
    'not an address',
    '',
    '127.1',
  ])('%s is closed', (address) => expect(isPublicAddress(address)).toBe(false));
});

describe('an address of the world', () => {
  test.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.1',
    '169.253.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a00:1450:4001:81b::200e',
    '2001:4860:4860::8888',
    '::ffff:1.1.1.1',
    '64:ff9b::1.1.1.1',
  ])('%s is open', (address) => expect(isPublicAddress(address)).toBe(true));
});

test('every way to write an IPv6 address has the same bytes', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 }), (groups) => {
      const long = groups.map((group) => group.toString(16).padStart(4, '0')).join(':');
      const short = new URL(`http://[${long}]`).hostname.slice(1, -1);
      expect(addressBytes(short)).toEqual(addressBytes(long));
      expect(addressBytes(long)).toEqual(groups.flatMap((group) => [group >> 8, group & 0xff]));
      expect(isPublicAddress(short)).toBe(isPublicAddress(long));
    }),
  );
});

test('a mapped address is as open as the one inside it', () => {
  fc.assert(
    fc.property(fc.ipV4(), (four) => {
      expect(isPublicAddress(`::ffff:${four}`)).toBe(isPublicAddress(four));
      expect(isPublicAddress(`64:ff9b::${four}`)).toBe(isPublicAddress(four));
    }),
  );
});

describe('the allow-list', () => {
  test('names addresses, ranges, hosts and hosts with a port', () => {
    const allowed = allowList([
      '10.1.2.3',
      '192.168.0.0/16',
      'fd00::/8',
      'Intranet.Example',
      'db.example:9000',
      '[::1]:9001',
    ]);
    expect(allowed.address('10.1.2.3')).toBe(true);
    expect(allowed.address('10.1.2.4')).toBe(false);
    expect(allowed.address('::ffff:10.1.2.3')).toBe(true);
    expect(allowed.address('192.168.7.7')).toBe(true);
    expect(allowed.address('fd00::7')).toBe(true);
    expect(allowed.address('fe00::7')).toBe(false);
    expect(allowed.host('intranet.example.', 80)).toBe(true);
    expect(allowed.host('sub.intranet.example', 80)).toBe(false);
    expect(allowed.host('db.example', 9000)).toBe(true);
    expect(allowed.host('db.example', 80)).toBe(false);
    expect(allowed.host('[::1]', 9001)).toBe(true);
    expect(allowed.port('db.example', 9000)).toBe(true);
    expect(allowed.port('intranet.example', 9000)).toBe(false);
  });

  test.each(['', '10.0.0.0/33', '10.0.0/8', 'http://x', 'a b', 'x:99999', '10.0.0.0/-1', '*'])(
    'refuses %j',
    (entry) => {
      expect(() => allowList([entry])).toThrow(RangeError);
    },
  );

  test('a range holds exactly the addresses that share its bits', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 0, max: 32 }), (base, other, bits) => {
        const number = (text: string): bigint => text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
        const shift = BigInt(32 - bits);
        expect(allowList([`${base}/${bits}`]).address(other)).toBe(number(base) >> shift === number(other) >> shift);
      }),
    );
  });
});
