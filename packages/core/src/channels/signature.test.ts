import { expect, test } from 'vitest';
import { systemRandom } from '../system/random.ts';
import { newSecret, signatureHeaders } from './signature.ts';

test('signs as the example of Standard Webhooks does', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  const message = { id: 'msg_p5jXN8AQM9LWM0D4loKWxJek', at: 1_614_265_330_999, body: '{"test": 2432232314}' };
  expect(signatureHeaders(message, [secret])).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  });
});

test('each secret gives a signature', () => {
  const [one, two] = [newSecret(systemRandom), newSecret(systemRandom)];
  const message = { id: 'msg_1', at: 0, body: '{}' };
  const signed = (...secrets: string[]) => signatureHeaders(message, secrets)['webhook-signature'];
  expect(signed(one, two)).toBe(`${signed(one)} ${signed(two)}`);
  expect(one).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
});
