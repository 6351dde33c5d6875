/** The demo's jobs that keep a bookshop's stock and website in step. */
import { seconds, type DemoFacts, type DemoJob } from './demo-job.ts';

const mei = 'Mei Tan';
const ada = 'Ada Brooks';
const dayMs = 86_400_000;

export function shopJobs({ now }: DemoFacts): readonly DemoJob[] {
  return [
    {
      by: ada,
      job: {
        name: 'stock-sync',
        type: 'script',
        description: 'Brings the numbers of the warehouse into the shop. One at a time: a late one is passed over.',
        tags: ['sync', 'shop'],
        config: { script: 'demo/sync.mjs', args: ['stock', '40', '12'] },
        timeoutSeconds: 3600,
        schedules: [{ spec: { kind: 'interval', every: 15, unit: 'minutes', timezone: 'UTC' } }],
      },
      act({ daysAgo, chance }) {
        // One evening the warehouse was slow: runs outlived their quarter of an hour.
        const slow = daysAgo > 5.1 && daysAgo < 5.35;
        const items = chance.whole(31, 48);
        const took = slow ? chance.skewed(1050, 2300) : chance.skewed(9, 21);
        return {
          seconds: took,
          exitCode: 0,
          lines: [
            `stock: ${items} items to compare`,
            ...(slow ? ['! the other side takes 20 s an item'] : []),
            `stock: ${chance.whole(0, 9)} changed`,
            `stock: in step after ${seconds(took)}`,
          ],
          result: { compared: items },
        };
      },
    },
    {
      by: ada,
      job: {
        name: 'crm-sync',
        type: 'script',
        description: 'Customers and orders into the CRM, while the office is open.',
        tags: ['sync', 'sales'],
        config: { script: 'demo/sync.mjs', args: ['customers', '12', '4'] },
        overlap: 'queue_one',
        schedules: [
          {
            name: 'office hours',
            spec: {
              kind: 'hourly',
              minute: 10,
              timezone: 'Europe/London',
              activeHours: [{ from: '07:00', to: '19:00', weekdays: [1, 2, 3, 4, 5] }],
            },
          },
        ],
      },
      act({ chance }) {
        const items = chance.whole(4, 22);
        const took = chance.skewed(2.5, 9);
        return {
          seconds: took,
          exitCode: 0,
          lines: [`customers: ${items} items to compare`, `customers: in step after ${seconds(took)}`],
          result: { compared: items },
        };
      },
    },
    {
      by: ada,
      job: {
        name: 'supplier-prices',
        type: 'script',
        description:
          'Reads the price list of the supplier. It fails since the supplier stopped sending prices.csv: run it with file = sample.csv, and it is green.',
        tags: ['import', 'shop'],
        config: { script: 'demo/import-prices.mjs' },
        parameters: [
          { name: 'file', type: 'string', required: true, default: 'prices.csv', description: 'Price list to read' },
          { name: 'currency', type: 'string', default: 'EUR', choices: ['EUR', 'USD', 'HKD'] },
        ],
        schedules: [{ spec: { kind: 'cron', expression: '20 5,13 * * 1-6', timezone: 'America/New_York' } }],
      },
      act({ daysAgo, chance, parameters }) {
        const given = parameters['file'];
        const file = typeof given === 'string' ? given : 'prices.csv';
        if (daysAgo < 1.2 && file === 'prices.csv')
          return {
            seconds: chance.skewed(0.08, 0.3),
            exitCode: 1,
            lines: [`Reading ${file}`, `! ${file}: file not found`],
          };
        const rows = chance.whole(318, 362);
        return {
          seconds: chance.skewed(0.6, 3.2),
          exitCode: 0,
          lines: [`Reading ${file}`, `${rows} prices, ${chance.whole(2, 14)} of them new`],
          result: { rows },
        };
      },
    },
    {
      by: mei,
      job: {
        name: 'cover-thumbnails',
        type: 'script',
        description: 'Small pictures of new covers. A newer run takes the place of one that hangs.',
        tags: ['shop', 'images'],
        config: { script: 'demo/thumbnails.mjs' },
        overlap: 'replace',
        priority: 'low',
        timeoutSeconds: 14_400,
        schedules: [
          { spec: { kind: 'interval', every: 2, unit: 'hours', anchor: '01:00', timezone: 'Asia/Hong_Kong' } },
        ],
      },
      act({ daysAgo, chance }) {
        const hangs = daysAgo > 12.1 && daysAgo < 12.19;
        const covers = chance.whole(3, 19);
        return {
          seconds: hangs ? 13_000 : chance.skewed(4, 16),
          exitCode: 0,
          lines: [
            ...Array.from({ length: Math.min(covers, 6) }, (_, index) => `cover ${index + 1} of ${covers}`),
            `${covers} covers are done`,
          ],
          result: { covers },
        };
      },
    },
    {
      by: ada,
      job: {
        name: 'warehouse-feed',
        type: 'script',
        description: 'Asks the warehouse for parcels that left.',
        tags: ['import', 'shop'],
        config: { script: 'demo/sync.mjs', args: ['parcels', '8', '3'] },
        schedules: [{ spec: { kind: 'cron', expression: '0,30 9-17 * * 1-5', timezone: 'Europe/Berlin' } }],
      },
      pause: {
        daysAgo: 2.3,
        by: ada,
        reason: 'the warehouse moves house',
        until: Math.ceil((now + 4 * dayMs) / dayMs) * dayMs,
      },
      act: ({ chance }) => ({
        seconds: chance.skewed(1.5, 5),
        exitCode: 0,
        lines: [`parcels: ${chance.whole(1, 14)} items to compare`, 'parcels: in step'],
      }),
    },
    {
      by: mei,
      job: {
        name: 'newsletter',
        type: 'script',
        description: 'Writes the letter to readers, on the first Tuesday and on the third.',
        tags: ['marketing'],
        config: { script: 'demo/newsletter.mjs' },
        schedules: [
          {
            spec: {
              kind: 'rrule',
              rrule: 'FREQ=MONTHLY;BYDAY=1TU,3TU',
              dtstart: '2026-01-06T09:00:00',
              timezone: 'Europe/Berlin',
            },
          },
        ],
      },
      pause: { daysAgo: 6.4, by: mei, reason: 'new template is in review', until: null },
      act: ({ chance }) => ({
        seconds: chance.skewed(1, 4),
        exitCode: 0,
        lines: ['6 new books this time', 'Wrote letter.html and letter.txt'],
        result: { readers: chance.whole(1180, 1240) },
      }),
    },
    {
      by: mei,
      job: {
        name: 'hello-progress',
        type: 'script',
        description: 'Nothing but a look: colours, a bar, a result. Run it now.',
        tags: ['sample'],
        config: { script: 'hello-progress.mjs' },
      },
      byHand: [
        { daysAgo: 23.2, by: mei },
        { daysAgo: 9.7, by: ada, note: 'for the team' },
        { daysAgo: 1.4, by: mei },
      ],
      act: () => ({
        seconds: 6.2,
        exitCode: 0,
        lines: [
          '\u001b[1mHello, the world.\u001b[0m This run shows what a job can tell while it works.',
          ...Array.from(
            { length: 12 },
            (_, step) =>
              `\u001b[36mstep ${String(step + 1).padStart(2)}\u001b[0m \u001b[90m${'─'.repeat(step + 1)}\u001b[0m`,
          ),
          '! \u001b[33mA remark on standard error is no failure.\u001b[0m',
          '\u001b[32m✓ Done.\u001b[0m',
        ],
        result: { greeted: 'the world', steps: 12 },
      }),
    },
  ];
}
