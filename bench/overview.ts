/** The first page a person sees, over a month of history. */
import { contexts, loadPage, openBenchBrowser, type PageLoad } from './page-load.ts';
import { startBuiltPortal } from './portal.ts';
import type { Measure, Scenario } from './scenario.ts';
import { notSoon, seed } from './seed.ts';

const rounds = 5;
const perRound = 6;

/** All six numbers stand, and the lists of what comes and what has finished are filled. */
const isUseful = `() => {
  const numbers = [...document.querySelectorAll('.jtp-figure')];
  const lists = [...document.querySelectorAll('section')].filter((section) => section.querySelectorAll('li, a').length >= 10);
  return numbers.length >= 6 && numbers.every((each) => each.textContent !== '') && lists.length >= 2;
}`;

export const overview: Scenario = {
  name: 'overview',
  about: 'From opening the address to numbers and lists on the screen, 1,000 jobs and 100,000 runs, in Chromium.',
  async run(say) {
    say('writing 1,000 jobs and 100,000 runs');
    const portal = await startBuiltPortal({
      prepare: (dataDir) => seed(dataDir, { jobs: 1000, runs: 100_000, days: 30, schedule: notSoon }),
    });
    const { browser, version } = await openBenchBrowser();
    say(`Chromium ${version}`);
    try {
      const fresh = await contexts(browser, portal.base);
      const [first, again]: [PageLoad[][], PageLoad[][]] = [[], []];
      for (let round = 0; round <= rounds; round += 1) {
        say(round === 0 ? 'warm-up' : `round ${round} of ${rounds}`);
        const [cold, warm]: [PageLoad[], PageLoad[]] = [[], []];
        for (let sample = 0; sample < (round === 0 ? 2 : perRound); sample += 1) {
          const context = await fresh();
          const page = await context.newPage();
          cold.push(await loadPage(page, '/', isUseful));
          warm.push(await loadPage(page, '/', isUseful));
          await context.close();
        }
        if (round === 0) continue;
        first.push(cold);
        again.push(warm);
      }
      const each = (loads: readonly (readonly PageLoad[])[], pick: (load: PageLoad) => number): Measure['rounds'] =>
        loads.map((round) => round.map(pick));
      return [
        {
          name: 'useful, nothing cached',
          unit: 'ms',
          rounds: each(first, ({ usefulMs }) => usefulMs),
          limits: [{ of: 'p50', below: 1000 }],
        },
        { name: 'useful, second time', unit: 'ms', rounds: each(again, ({ usefulMs }) => usefulMs) },
        {
          name: 'JavaScript on the wire before that',
          unit: 'kB',
          rounds: each(first, ({ scriptBytes }) => scriptBytes / 1000),
          limits: [{ of: 'max', below: 230 }],
        },
        { name: 'CSS on the wire before that', unit: 'kB', rounds: each(first, ({ styleBytes }) => styleBytes / 1000) },
      ];
    } finally {
      await browser.close();
      await portal.stop();
    }
  },
};
