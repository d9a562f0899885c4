import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLoopback, isPublic } from '../../../lib/lambda/public-address.ts';

describe('addresses of the public internet', () => {
  test.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '126.255.255.255',
    '128.0.0.0',
    '169.253.255.255',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '223.255.255.255',
    '2606:4700::1111',
    '2a00:1450:4001::1',
    '2001:4860:4860::8888',
  ])('%s is one', (address) => expect(isPublic(address)).toBe(true));
});

describe('what a receiver may not be', () => {
  test.each([
    ['this host', '0.0.0.0', '0.1.2.3', '::'],
    ['private', '10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.255.255'],
    ['shared by carriers', '100.64.0.1', '100.127.255.255'],
    ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
    ['link-local', '169.254.0.1', 'fe80::1', 'febf::1', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['unique local', 'fc00::1', 'fdff:ffff::1'],
    [
      'cloud metadata',
      '169.254.169.254',
      '169.254.170.2',
      '100.100.100.200',
      '168.63.129.16',
      '192.0.0.192',
      'fd00:ec2::254',
    ],
    ['multicast', '224.0.0.1', '239.255.255.255', 'ff02::1', 'ff0e::1'],
    ['reserved', '240.0.0.1', '255.255.255.255', '198.18.0.1', '198.19.255.255', '100::1', '4000::1', '5f00::1'],
    ['documentation', '192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
    ['IPv4 inside IPv6', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::ffff:1.1.1.1', '::127.0.0.1'],
    ['IPv4 behind a translator', '64:ff9b::7f00:1', '64:ff9b:1::a00:1', '2002:7f00:1::', '2001:0:1::1', '2001:20::1'],
    ['no address', '', 'localhost', '127.1', '0x7f000001', '2130706433', '1.2.3', '[::1]', '::g'],
  ])('%s: %s and the like', (_kind, ...addresses) => {
    for (const address of addresses) expect(isPublic(address), address).toBe(false);
  });

  test('no private address gets through in any IPv6 form', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.constantFrom('::ffff:', '::', '64:ff9b::', '::ffff:0:'), byte, byte, byte, (prefix, a, b, c) => {
        for (const inside of [`10.${a}.${b}.${c}`, `127.${a}.${b}.${c}`, `192.168.${a}.${b}`, `169.254.${a}.${b}`]) {
          expect(isPublic(prefix + inside)).toBe(false);
        }
      }),
    );
  });
});

test('this machine is 127.0.0.0/8 and ::1, in no other form', () => {
  for (const address of ['127.0.0.1', '127.9.9.9', '::1']) expect(isLoopback(address), address).toBe(true);
  for (const address of ['128.0.0.1', '::', '::2', '::ffff:127.0.0.1', 'localhost', '10.0.0.1', '0.0.0.0']) {
    expect(isLoopback(address), address).toBe(false);
  }
});
