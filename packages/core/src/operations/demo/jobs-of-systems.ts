/** The demo's jobs that keep machines and data in order. */
import { historyMs, seconds, type DemoFacts, type DemoJob } from './demo-job.ts';

const mei = 'Mei Tan';
const jonas = 'Jonas Weber';

export function systemsJobs({ now, portalUrl }: DemoFacts): readonly DemoJob[] {
  return [
    {
      by: mei,
      job: {
        name: 'nightly-backup',
        type: 'script',
        description:
          'Packs the scripts folder with a checksum for each file. Keep it: the restore drill reads what it leaves.',
        tags: ['backup', 'nightly'],
        config: { script: 'demo/back-up-folder.mjs', args: ['.'] },
        priority: 'high',
        timeoutSeconds: 900,
        retry: { maxAttempts: 3, strategy: 'exponential', delaySeconds: 30 },
        schedules: [{ name: 'after closing', spec: { kind: 'daily', times: ['02:30'], timezone: 'Asia/Hong_Kong' } }],
      },
      act({ attempt, chance, daysAgo }) {
        const files = 18 + Math.floor((30 - daysAgo) / 6);
        const took = chance.skewed(0.4, 2.8);
        if (attempt === 1 && chance.next() < 0.06)
          return {
            seconds: took,
            exitCode: 1,
            lines: ['Packing /srv/scripts', "! EBUSY: resource busy or locked, open '/srv/scripts/rates.mjs'"],
          };
        return {
          seconds: took,
          exitCode: 0,
          lines: [
            'Packing /srv/scripts',
            `${files} files, ${(files * 1.7).toFixed(1)} kB`,
            'Read it back: every checksum agrees',
            `Wrote scripts.pack.gz in ${seconds(took)}`,
          ],
          result: { files, verified: true },
        };
      },
    },
    {
      by: jonas,
      job: {
        name: 'certificate-check',
        type: 'script',
        description: 'Looks for root certificates that this machine trusts and that end soon.',
        tags: ['security', 'check'],
        config: { script: 'demo/check-certificates.mjs', args: ['30'] },
        schedules: [{ spec: { kind: 'daily', times: ['07:00', '19:00'], timezone: 'UTC' } }],
      },
      act: ({ chance }) => ({
        seconds: chance.skewed(0.2, 0.9),
        exitCode: 0,
        lines: ['Looked at 118 certificates', 'None ends within 30 days'],
        result: { certificates: 118, ending: 0 },
      }),
    },
    portalCheck(portalUrl),
    {
      by: mei,
      job: {
        name: 'disk-usage',
        type: 'script',
        description: 'How full the file systems are. Fails above 97 %.',
        tags: ['check'],
        config: { script: 'disk-usage.sh', args: ['97'] },
        schedules: [{ spec: { kind: 'hourly', minute: 5, timezone: 'UTC' } }],
      },
      act({ chance, daysAgo }) {
        // It filled up slowly, until somebody made room.
        const used = Math.round(daysAgo > 11 ? 98.4 - (daysAgo - 11) * 0.5 : 61 + (11 - daysAgo) * 0.6);
        const lines = [
          `/                                             ${(4 * (100 - used)).toFixed(1)} GB free   ${used} % used`,
        ];
        return {
          seconds: chance.skewed(0.02, 0.2),
          exitCode: used > 97 ? 1 : 0,
          lines: used > 97 ? [...lines, '! Fuller than 97 %: /'] : lines,
        };
      },
    },
    {
      by: mei,
      job: {
        name: 'old-log-report',
        type: 'script',
        description: 'Lists logs older than 90 days, and removes nothing: add --yes to its arguments if it should.',
        tags: ['clean-up'],
        config: { script: 'clean-up-folder.mjs', args: ['logs', '90'] },
        priority: 'low',
        schedules: [
          { spec: { kind: 'interval', every: 6, unit: 'hours', anchor: '00:30', timezone: 'Europe/Berlin' } },
        ],
      },
      act: ({ chance }) => ({ seconds: chance.skewed(0.1, 0.6), exitCode: 0, lines: ['0 files, 0 bytes'] }),
    },
    {
      by: jonas,
      job: {
        name: 'log-archive',
        type: 'script',
        description: 'Compresses a day of web server logs.',
        tags: ['nightly', 'clean-up'],
        config: { script: 'demo/archive-logs.mjs' },
        retry: { maxAttempts: 2, strategy: 'fixed', delaySeconds: 120 },
        schedules: [{ spec: { kind: 'daily', times: ['00:45'], timezone: 'America/New_York' } }],
      },
      act({ chance }) {
        const lines = chance.whole(41_000, 58_000);
        return {
          seconds: chance.skewed(0.6, 3),
          exitCode: 0,
          lines: [`Read ${lines} lines`, `${(lines / 9000).toFixed(1)} MB became ${(lines / 81_000).toFixed(2)} MB`],
          result: { lines },
        };
      },
    },
    {
      by: jonas,
      job: {
        name: 'search-index',
        type: 'script',
        description: 'Builds the search index of the shop anew. The slow one: two to four minutes.',
        tags: ['nightly', 'shop'],
        config: { script: 'demo/build-index.mjs', args: ['150'] },
        timeoutSeconds: 600,
        overlap: 'queue_one',
        schedules: [{ spec: { kind: 'daily', times: ['03:00'], timezone: 'Asia/Tokyo' } }],
      },
      act({ daysAgo, chance }) {
        const stuck = daysAgo > 8 && daysAgo < 9;
        const took = stuck ? 3600 : chance.skewed(138, 236);
        const shards = [1, 2, 3, 4, 5, 6].map((shard) => `shard ${shard} of 6`);
        return {
          seconds: took,
          exitCode: 0,
          lines: stuck
            ? ['Reading the catalogue', 'shard 1 of 6', '! waiting for a lock on books.idx', '! still waiting']
            : ['Reading the catalogue', ...shards, `Index is live after ${seconds(took)}`],
          result: { titles: 12_406 },
        };
      },
    },
    {
      by: jonas,
      job: {
        name: 'customer-migration',
        type: 'script',
        description: 'Moved the customers of the old shop over, once.',
        tags: ['migration'],
        config: { script: 'demo/migrate-customers.mjs' },
        schedules: [{ spec: { kind: 'once', at: localText(now - historyMs * 0.42), timezone: 'UTC' } }],
      },
      act: () => ({
        seconds: 48.2,
        exitCode: 0,
        lines: ['Found 3,911 customers', '3,908 moved', '! 3 have no e-mail address and were left out'],
        result: { moved: 3908, left_out: 3 },
      }),
    },
  ];
}

/** `YYYY-MM-DDTHH:MM:00` in UTC. */
function localText(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}:00`;
}

/** The portal's own health, where its rules let a job call it; else how fast the disk answers. */
function portalCheck(portalUrl: string | null): DemoJob {
  const schedules = [
    { spec: { kind: 'interval', every: 30, unit: 'minutes', anchor: '00:00', timezone: 'UTC' } },
  ] as const;
  if (portalUrl === null)
    return {
      by: jonas,
      job: {
        name: 'disk-response',
        type: 'script',
        description: 'How long the disk takes to keep a small file.',
        tags: ['check'],
        config: { script: 'demo/disk-response.mjs' },
        schedules,
      },
      act({ chance }) {
        const ms = chance.skewed(1.4, 18);
        return {
          seconds: chance.skewed(0.06, 0.2),
          exitCode: 0,
          lines: [`20 files kept, ${ms.toFixed(1)} ms at the median`],
          result: { median_ms: Math.round(ms * 10) / 10 },
        };
      },
    };
  return {
    by: jonas,
    job: {
      name: 'portal-health',
      type: 'http',
      description: 'Asks this portal whether it is well.',
      tags: ['check'],
      config: { method: 'GET', url: portalUrl, expectedStatus: [200] },
      timeoutSeconds: 20,
      schedules,
    },
    act({ chance }) {
      const ms = chance.whole(3, 40);
      return { seconds: ms / 1000, exitCode: 0, lines: [`GET ${portalUrl}`, `200 OK in ${ms} ms`] };
    },
  };
}
