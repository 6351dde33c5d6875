import { manualClock } from 'job-trigger-core/testing';
import { expect, inject, test } from 'vitest';
import { startTestPortal } from '../test-portal.ts';

/** Of each kind. `npm run proof:login-timing` takes 500, on a machine that has nothing else to do. */
const samples = Number(process.env['JTP_LOGIN_SAMPLES'] ?? 15);
const isProof = samples >= 500;

/**
 * Milliseconds gone by. On a machine that does other things too, those say little of a few samples: the suite counts what this
 * process worked.
 */
function stamp(): number {
  if (isProof) return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

test(
  'somebody unknown is refused after the same work as somebody known (SEC-A8)',
  { timeout: isProof ? 600_000 : 60_000 },
  async () => {
    const clock = manualClock();
    const portal = await startTestPortal('SQLite', inject('postgresUrl'), null, null, clock);

    async function timeOf(email: string): Promise<number> {
      const body = JSON.stringify({ email, password: 'not the password' });
      const from = stamp();
      const answer = await fetch(`${portal.base}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      await answer.arrayBuffer();
      const took = stamp() - from;
      expect(answer.status).toBe(401);
      return took;
    }

    const known: number[] = [];
    const unknown: number[] = [];
    // The first of each makes what later ones find made.
    await timeOf('mei@example.org');
    await timeOf('moi@example.org');
    for (let sample = 0; sample < samples; sample += 1) {
      // Tries of the minute before count no more.
      clock.advance(60_000);
      // Whoever comes first finds the machine as the other left it: so they take turns.
      const first = sample % 2 === 0;
      if (first) known.push(await timeOf('mei@example.org'));
      unknown.push(await timeOf('moi@example.org'));
      if (!first) known.push(await timeOf('mei@example.org'));
    }
    await portal.close();
    const ratio = medianOf(unknown) / medianOf(known);
    const told = `medians: known ${medianOf(known).toFixed(2)} ms, unknown ${medianOf(unknown).toFixed(2)} ms, ${samples} each`;
    if (isProof) process.stdout.write(`${told}\n`);
    // Work that is left out for one of them halves the time and more.
    const away = isProof ? 0.05 : 0.4;
    expect(Math.abs(ratio - 1), told).toBeLessThan(away);
  },
);
