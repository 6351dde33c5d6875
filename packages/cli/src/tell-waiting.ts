import { setTimeout as rest } from 'node:timers/promises';
import type { Client, Run, RunDetail } from 'job-trigger-contract';
import { tell, type Context } from './context.ts';
import { timesOf } from './output/when.ts';

/** A run that is claimed at once says nothing of having waited. */
const patienceMs = 2000;
const pauseMs = { queued: 1000, carriedOut: 3000 };

/** How the last attempt ended, and how far off the next one is where it has not begun; null before the first has ended. */
function attemptWords({ state, attempts, available_at: next }: RunDetail): string | null {
  const last = attempts.at(-1);
  if (last === undefined) return null;
  const ended = `Attempt ${last.attempt} ${last.outcome}`;
  if (state !== 'queued' || next === null) return `${ended}.`;
  const seconds = Math.max(0, Math.round((Date.parse(next) - Date.parse(last.ended_at)) / 1000));
  return `${ended}, waiting ${seconds} s.`;
}

/** Why a run is not carried out yet, as the queue knows it; null when no such run waits. */
export async function waitingWords(client: Client, isIt: (run: Run) => boolean): Promise<string | null> {
  const { items } = await client.queue();
  const found = items.find(({ run }) => isIt(run))?.run;
  return found === undefined ? null : `Run ${found.id} waits: ${found.reason_text ?? 'for its turn.'}`;
}

export interface Narrator {
  /** Hears how the run stands, and tells on stderr why it is not carried out: each reason once, until it changes. */
  hear(run: RunDetail): Promise<void>;
}

export function createNarrator(context: Context, client: Client): Narrator {
  let queuedSince: number | null = null;
  let told: string | null = null;
  let failed = 0;
  function say(words: string | null): void {
    if (words === null || words === told) return;
    told = words;
    tell(context, timesOf(context).sentence(words));
  }
  return {
    async hear(run) {
      if (run.ended_at !== null) return;
      if (run.attempts.length > failed) say(attemptWords(run));
      failed = run.attempts.length;
      queuedSince = run.state === 'queued' ? (queuedSince ?? performance.now()) : null;
      if (queuedSince === null || performance.now() - queuedSince < patienceMs || isBetweenAttempts(run)) return;
      say(await waitingWords(client, ({ id }) => id === run.id));
    },
  };
}

/** Its delay has been told already. */
function isBetweenAttempts({ attempts, available_at: next }: RunDetail): boolean {
  return attempts.length > 0 && next !== null && Date.parse(next) > Date.now();
}

/** Tells beside other work why a run waits, until `signal` ends it. What it cannot ask, the other work reports. */
export async function narrate(context: Context, client: Client, id: string, signal: AbortSignal): Promise<void> {
  const narrator = createNarrator(context, client);
  const look = async (): Promise<number> => {
    const run = await client.getRun({ params: { id } });
    await narrator.hear(run);
    return run.state === 'queued' ? pauseMs.queued : pauseMs.carriedOut;
  };
  while (!signal.aborted) {
    const pause = await look().catch(() => pauseMs.carriedOut);
    await rest(pause, undefined, { signal }).catch(() => undefined);
  }
}
