/** Wrong requests about webhooks, monitors and their pings. */
import { invalid, type WrongCall } from './test-wrong-call.ts';

const hook = (more: object): object => ({ name: 'hook', url: 'https://example.org/hook', ...more });
const toWebhooks = { path: '/api/webhooks' } as const;

export const wrongChannels: readonly WrongCall[] = [
  {
    what: 'a webhook to an address inside',
    ...toWebhooks,
    body: hook({ url: 'http://169.254.169.254/latest' }),
    status: 422,
    code: 'blocked_address',
    field: 'url',
    says: 'security.outgoing_allow',
  },
  {
    what: 'a webhook to no address',
    ...toWebhooks,
    body: hook({ url: 'ftp://example.org' }),
    ...invalid,
    field: 'url',
    says: 'http:',
  },
  {
    what: 'a webhook with a password in its address',
    ...toWebhooks,
    body: hook({ url: 'https://a:b@example.org/' }),
    ...invalid,
    field: 'url',
    says: 'user or password',
  },
  {
    what: 'a webhook for a kind that nothing has',
    ...toWebhooks,
    body: hook({ kinds: ['run.failed', 'run.flew'] }),
    ...invalid,
    field: 'kinds.1',
    says: 'run.succeeded',
  },
  { what: 'a webhook for nothing', ...toWebhooks, body: hook({ kinds: [] }), ...invalid, field: 'kinds', says: 'one' },
  {
    what: 'a webhook without a name',
    ...toWebhooks,
    body: hook({ name: ' ' }),
    ...invalid,
    field: 'name',
    says: '100',
  },
  {
    what: 'a monitor that expects nothing',
    path: '/api/monitors',
    body: { name: 'm' },
    ...invalid,
    field: 'schedule',
    says: 'period_seconds',
  },
  {
    what: 'a monitor that expects twice',
    path: '/api/monitors',
    body: { name: 'm', period_seconds: 60, schedule: { kind: 'hourly', minute: 5 } },
    ...invalid,
    field: 'period_seconds',
    says: 'beside',
  },
  {
    what: 'a monitor by hand',
    path: '/api/monitors',
    body: { name: 'm', schedule: { kind: 'manual' } },
    ...invalid,
    field: 'schedule.kind',
    says: 'no instant',
  },
  {
    what: 'a ping to nobody',
    path: '/api/pings/abcdefghijklmnopqrstuvwx/start',
    status: 404,
    code: 'not_found',
    field: null,
    says: 'no such address',
  },
  {
    what: 'another address for no monitor',
    path: '/api/monitors/019a0000-0000-7000-8000-00000000ffff/renew',
    status: 404,
    code: 'not_found',
    field: null,
    says: 'no such monitor',
  },
  {
    what: 'a test of no webhook',
    path: '/api/webhooks/019a0000-0000-7000-8000-00000000ffff/test',
    status: 404,
    code: 'not_found',
    field: null,
    says: 'no such webhook',
  },
];
