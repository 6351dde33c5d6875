/** Ours, with requests coming in while it works: through the operations of the library, in a process beside the worker's. */
import { createOperations, realSystem, type Actor, type Operations, type Store } from 'job-trigger-core';
import { factories } from 'job-trigger-core/testing';
import { Arrived } from '../arrivals.ts';
import { tell, told, type Answer, type Order } from '../child.ts';
import { arrivalsOf, closedLoop, openLoop, type Sent } from '../open-loop.ts';
import { makeWorkJob, openOurStore, ourEngine } from './our-engine.ts';

const anybody: Actor = { personId: null, name: 'bench', via: 'library' };
const parameter = (name: string): Readonly<Record<string, unknown>> => ({
  name,
  type: 'number',
  required: true,
  default: null,
  choices: null,
  pattern: null,
  description: null,
});
/** Requests of one job come after each other, as its limits are looked at: here they come for many. */
const jobs = 20;
const definition = { parameters: [parameter('n'), parameter('at')] };

function operationsOn(store: Store): Operations {
  return createOperations({
    store,
    system: realSystem(),
    dataDir: '/nowhere',
    scriptsDir: '/nowhere',
    defaultTimezone: 'UTC',
    allowCommand: false,
    outgoingAllow: [],
    scriptRules: { allowedExtensions: ['.sh'], maxBytes: 1_000_000 },
    retryDefaults: { maxAttempts: 1, delayMs: 1000 } as never,
  });
}

/** The worker, told how many come; jobs are made by who sends. */
export async function consume(order: Order): Promise<Answer> {
  const arrived = new Arrived(Number(order['count']));
  const store = await openOurStore(order);
  const functions = new Map([
    [
      'work',
      ({ parameters }: { readonly parameters: Readonly<Record<string, unknown>> }) => {
        arrived.saw({ n: Number(parameters['n']), at: Number(parameters['at']) });
        return null;
      },
    ],
  ]);
  const engine = await ourEngine(store, { order, functions, slots: Number(order['slots']) });
  await engine.start();
  const answer = await arrived.wait();
  await engine.worker?.idle();
  await engine.stop();
  await store.close();
  return answer;
}

/** Many at once, as the engine makes runs of schedules that are due together. */
async function insertTogether(store: Store, jobId: number, sent: readonly Sent[]): Promise<void> {
  const [ids, at] = [await store.ids(sent.length), await store.now()];
  const runs = sent.map((parameters, index) =>
    factories.newRun({ id: ids[index] ?? 0, createdAt: at, availableAt: at, jobId, parameters: { ...parameters } }),
  );
  await store.transaction((tables) => tables.runs.insert(runs));
  store.bell.ring('queue');
}

export async function produce(order: Order): Promise<Answer> {
  const store = await openOurStore(order);
  const operations = operationsOn(store);
  const producers = Number(order['producers'] ?? 0);
  const jobIds: number[] = [];
  for (let made = 0; made < Math.max(jobs, producers); made += 1) jobIds.push(await makeWorkJob(store, definition));
  const start = ({ n, at }: Sent, producer = n): Promise<unknown> =>
    operations.runs.start(jobIds[producer % jobIds.length] ?? 0, { parameters: { n, at } }, anybody);
  tell('ready');
  await told('go');
  const arrivals = arrivalsOf(order);
  const together = (sent: readonly Sent[]): Promise<unknown> => insertTogether(store, jobIds[0] ?? 0, sent);
  const one = ([sent]: readonly Sent[]): Promise<unknown> => start(sent ?? { n: 0, at: 0 });
  const answer =
    producers > 0
      ? await closedLoop({ count: arrivals.count, producers }, start)
      : await openLoop(arrivals, arrivals.batch > 1 ? together : one);
  await store.close();
  return answer;
}
