/** The demo's jobs of a bookshop's office: money, reports, dates. */
import { seconds, type DemoFacts, type DemoJob } from './demo-job.ts';

const mei = 'Mei Tan';
const ada = 'Ada Brooks';
const jonas = 'Jonas Weber';
/** The bank's token ended then, and nobody has renewed it. */
const tokenEndedDaysAgo = 3.6;

export function officeJobs({ now }: DemoFacts): readonly DemoJob[] {
  return [
    {
      by: ada,
      job: {
        name: 'sales-report',
        type: 'script',
        description: 'Sales of the day before, as CSV and as a result that other programs can read.',
        tags: ['report', 'sales'],
        config: { script: 'demo/sales-report.mjs' },
        parameters: [
          { name: 'period', type: 'string', default: 'day', choices: ['day', 'week', 'month'] },
          { name: 'top', type: 'integer', default: 5, description: 'Books to name' },
        ],
        schedules: [
          {
            name: 'weekday mornings',
            spec: { kind: 'weekly', weekdays: [1, 2, 3, 4, 5], times: ['08:00'], timezone: 'Europe/Berlin' },
          },
        ],
      },
      byHand: [{ daysAgo: 7.3, by: ada, parameters: { period: 'week', top: 10 }, note: 'for the Monday meeting' }],
      act({ chance }) {
        const orders = chance.whole(84, 162);
        const took = chance.skewed(1.1, 4.5);
        return {
          seconds: took,
          exitCode: 0,
          lines: [`${orders} orders`, `Wrote sales.csv in ${seconds(took)}`],
          result: { orders, revenue: Math.round(orders * 23.4 * 100) / 100, currency: 'EUR' },
        };
      },
    },
    {
      by: ada,
      job: {
        name: 'month-end-report',
        type: 'script',
        description: 'Closes the month for the New York office, on its last day.',
        tags: ['report', 'finance'],
        config: { script: 'demo/sales-report.mjs', args: ['month'] },
        priority: 'high',
        schedules: [{ spec: { kind: 'monthly', day: 'last', times: ['18:00'], timezone: 'America/New_York' } }],
      },
      act: ({ chance }) => ({
        seconds: chance.skewed(6, 11),
        exitCode: 0,
        lines: ['3,402 orders', 'Wrote sales.csv'],
        result: { orders: 3402, currency: 'EUR' },
      }),
    },
    {
      by: jonas,
      job: {
        name: 'tax-reminder',
        type: 'script',
        description: 'Says in time that the return of the year is due.',
        tags: ['finance', 'reminder'],
        config: { script: 'demo/tax-reminder.mjs', args: ['07-31'] },
        schedules: [
          { spec: { kind: 'yearly', month: 7, day: 1, times: ['09:00'], timezone: 'Europe/Berlin' } },
          {
            name: 'last call',
            spec: { kind: 'yearly', month: 7, day: 24, times: ['09:00'], timezone: 'Europe/Berlin' },
          },
        ],
      },
      act: () => ({ seconds: 0.2, exitCode: 0, lines: ['The return is due on 31 July'] }),
    },
    {
      by: mei,
      job: {
        name: 'exchange-rates',
        type: 'script',
        description:
          'Rates for the price tags in three currencies. The other side drops a connection now and then: it tries again.',
        tags: ['import', 'finance'],
        config: { script: 'demo/exchange-rates.mjs' },
        timeoutSeconds: 60,
        retry: { maxAttempts: 4, strategy: 'exponential', delaySeconds: 15, maxDelaySeconds: 300 },
        schedules: [{ spec: { kind: 'cron', expression: '5 */4 * * *', timezone: 'UTC' } }],
      },
      act({ daysAgo, attempt, chance }) {
        const away = daysAgo > 20.1 && daysAgo < 20.25;
        if (away || chance.next() < (attempt === 1 ? 0.14 : 0.3))
          return {
            seconds: chance.skewed(1.2, 4),
            exitCode: 1,
            lines: ['Asking for EUR USD HKD', '! connect ETIMEDOUT 203.0.113.7:443'],
          };
        return {
          seconds: chance.skewed(0.3, 1.4),
          exitCode: 0,
          lines: ['Asking for EUR USD HKD', `1 EUR = ${(1.08 + chance.next() / 40).toFixed(4)} USD`],
          result: { base: 'EUR', currencies: 2 },
        };
      },
    },
    {
      by: jonas,
      job: {
        name: 'payment-reconciliation',
        type: 'script',
        description:
          'Matches what the bank received with what was sold. It fails each night since the token ended: move BANK_TOKEN_ENDS in its environment into the future, and it is green.',
        tags: ['finance', 'nightly'],
        config: {
          script: 'demo/reconcile-payments.mjs',
          env: { BANK_TOKEN_ENDS: new Date(now - tokenEndedDaysAgo * 86_400_000).toISOString().slice(0, 10) },
        },
        retry: { maxAttempts: 3, strategy: 'fixed', delaySeconds: 60 },
        schedules: [
          {
            spec: { kind: 'weekly', weekdays: [1, 2, 3, 4, 5, 6, 7], times: ['23:30'], timezone: 'Asia/Hong_Kong' },
          },
        ],
      },
      act({ daysAgo, chance }) {
        if (daysAgo < tokenEndedDaysAgo)
          return {
            seconds: chance.skewed(0.4, 1.2),
            exitCode: 1,
            lines: ['Asking the bank', '! 401 Unauthorized: the token has expired'],
          };
        const payments = chance.whole(61, 140);
        return {
          seconds: chance.skewed(2, 8),
          exitCode: 0,
          lines: ['Asking the bank', `${payments} payments`, `${payments - chance.whole(0, 3)} matched`],
          result: { payments },
        };
      },
    },
  ];
}
