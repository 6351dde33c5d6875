/** A log of a gigabyte opens as fast as one of a kilobyte. */
import { contexts, loadPage, openBenchBrowser } from './page-load.ts';
import { startBuiltPortal } from './portal.ts';
import type { Scenario } from './scenario.ts';
import { ranJob } from '../test/browser/signed-in.ts';

const rounds = 5;
const perRound = 6;
const lineBytes = 100;

/** Writes so many bytes in lines of 100, the last of which says so. */
const writer = (bytes: number): string => `
const lines = ${Math.floor(bytes / lineBytes)};
const part = 5000;
const pad = 'x'.repeat(${lineBytes - 10});
for (let from = 1; from < lines; from += part) {
  let text = '';
  for (let n = from; n < Math.min(from + part, lines); n += 1) text += String(n).padStart(8, '0') + ' ' + pad + '\\n';
  if (!process.stdout.write(text)) await new Promise((go) => process.stdout.once('drain', go));
}
console.log('the last line');
`;

const isUseful = `() => (document.querySelector('[role=log]')?.textContent ?? '').includes('the last line')`;

export const longLog: Scenario = {
  name: 'long-log',
  about: 'From opening the address of a run to the last line of its log on the screen: 1 GB beside 1 kB, in Chromium.',
  async run(say) {
    const portal = await startBuiltPortal({ env: { JOB_PORTAL_OUTPUT_LIMIT_BYTES: String(2 ** 30) } });
    const { browser, version } = await openBenchBrowser();
    say(`Chromium ${version}`);
    try {
      const context = await (await contexts(browser, portal.base))();
      const short = await ranJob(context, portal, 'short', writer(1000));
      say('a script writes 1 GB');
      const long = await ranJob(context, portal, 'long', writer(1_000_000_000), 600);
      const loads = { short: [] as number[][], long: [] as number[][] };
      for (let round = 0; round <= rounds; round += 1) {
        say(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`);
        const samples = { short: [] as number[], long: [] as number[] };
        for (let sample = 0; sample < (round === 0 ? 2 : perRound); sample += 1) {
          for (const [which, { runId }] of [
            ['short', short],
            ['long', long],
          ] as const) {
            const page = await context.newPage();
            samples[which].push((await loadPage(page, `/runs/${runId}`, isUseful)).usefulMs);
            await page.close();
          }
        }
        if (round === 0) continue;
        loads.short.push(samples.short);
        loads.long.push(samples.long);
      }
      const ratios = loads.long.map((round, at) => round.map((ms, sample) => ms / (loads.short[at]?.[sample] ?? ms)));
      return [
        { name: 'last line of 1 kB', unit: 'ms', rounds: loads.short },
        { name: 'last line of 1 GB', unit: 'ms', rounds: loads.long },
        { name: '1 GB over 1 kB, pair by pair', unit: 'ratio', rounds: ratios, limits: [{ of: 'p50', below: 1.25 }] },
      ];
    } finally {
      await browser.close();
      await portal.stop();
    }
  },
};
