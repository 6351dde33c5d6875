/** What the drivers of both databases were asked while somebody listened, with how long each took. */
import { StatementSync } from 'node:sqlite';
import pg from 'pg';

export interface Traced {
  readonly text: string;
  readonly values: readonly unknown[] | Readonly<Record<string, unknown>>;
  ms: number;
}

/** Brackets of transactions, and the question whether another process has written, are no statements of anybody. */
const apart = /^\s*(?:BEGIN|COMMIT|ROLLBACK|PRAGMA|SELECT set_config\('jtp\.now')/i;

let heard: Traced[] | null = null;
let wrapped = false;

type Method = (this: unknown, ...args: unknown[]) => unknown;

function wrap(target: object, name: string, around: (real: Method, self: unknown, args: unknown[]) => unknown): void {
  const real = Reflect.get(target, name) as Method;
  Reflect.set(target, name, function wrappedCall(this: unknown, ...args: unknown[]) {
    return heard === null ? real.apply(this, args) : around(real, this, args);
  });
}

function note(text: string, values: Traced['values']): Traced {
  const traced = { text, values, ms: 0 };
  if (!apart.test(text)) heard?.push(traced);
  return traced;
}

async function settledOf(answer: Promise<unknown>, then: () => void): Promise<void> {
  await answer.catch(() => undefined);
  then();
}

function wrapDrivers(): void {
  if (wrapped) return;
  wrapped = true;
  for (const name of ['all', 'run', 'get']) {
    wrap(StatementSync.prototype, name, (real, self, args) => {
      const values = (
        args.length === 1 && typeof args[0] === 'object' && args[0] !== null ? args[0] : args
      ) as Traced['values'];
      const traced = note((self as StatementSync).sourceSQL, values);
      const from = performance.now();
      try {
        return real.apply(self, args);
      } finally {
        traced.ms = performance.now() - from;
      }
    });
  }
  wrap(pg.Client.prototype, 'query', (real, self, args) => {
    const [asked] = args as [string | pg.QueryConfig];
    const [text, values] = typeof asked === 'string' ? [asked, []] : [asked.text, asked.values ?? []];
    const traced = note(text, values as readonly unknown[]);
    const from = performance.now();
    const answer = real.apply(self, args);
    if (answer instanceof Promise) void settledOf(answer, () => (traced.ms = performance.now() - from));
    return answer;
  });
}

/** Carries `work` out and tells every statement that the drivers of this process were asked meanwhile. */
export async function tracing<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly statements: readonly Traced[] }> {
  wrapDrivers();
  const own: Traced[] = [];
  heard = own;
  try {
    return { result: await work(), statements: own };
  } finally {
    heard = null;
  }
}
