/** What may notice a mutant: the simulation, or a test file. Only a failed seed or a failed test counts, not a program that breaks. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export interface ProverOptions {
  /** Where the sources lie. */
  readonly folder: string;
  /** Seeds of a simulation. */
  readonly seeds: string;
  /** Then it is ended, and has noticed nothing. */
  readonly untilMs: number;
  /** Tests that fail on sound sources prove nothing. */
  readonly unfit: ReadonlySet<string>;
}

/** @returns the names of the tests that failed, or of the first seed; empty when all was found well */
export async function ask(prover: string, options: ProverOptions): Promise<readonly string[]> {
  return prover === 'simulation' ? simulate(options) : test([prover], options);
}

/** The tests among these files that fail. */
export async function test(files: readonly string[], options: ProverOptions): Promise<readonly string[]> {
  const { folder, unfit, untilMs } = options;
  const path = join(folder, 'vitest-report.json');
  rmSync(path, { force: true });
  const args = [join(folder, 'node_modules/vitest/vitest.mjs'), 'run', '--reporter', 'json', '--outputFile', path];
  const { output, timedOut } = await run([...args, ...files], folder, untilMs);
  if (existsSync(path))
    return failedIn(JSON.parse(readFileSync(path, 'utf8')) as Report, files).filter((name) => !unfit.has(name));
  if (timedOut) return [];
  throw new Error(`vitest left no report:\n${output.slice(-2000)}`);
}

/** @throws when a suite could not be loaded: then nobody was asked */
export function failedIn({ testResults }: Report, files: readonly string[]): readonly string[] {
  const unloaded = testResults.find(({ assertionResults }) => assertionResults.length === 0);
  if (testResults.length < files.length || unloaded !== undefined)
    throw new Error(`A suite could not be loaded: ${unloaded?.name ?? files.join(', ')}\n${unloaded?.message ?? ''}`);
  return testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName),
  );
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

async function simulate({ folder, seeds, untilMs }: ProverOptions): Promise<readonly string[]> {
  const args = ['-C', 'jtp-source', 'test/simulate/main.ts', '--first', '--seeds', seeds];
  const { output, status, timedOut } = await run(args, folder, untilMs);
  const first = /^seed \d+: .*$/m.exec(output);
  if (first !== null) return [first[0]];
  if (status !== 0 && !timedOut) throw new Error(`The simulation broke:\n${output.slice(-2000)}`);
  return [];
}

interface Ended {
  readonly output: string;
  readonly status: number | null;
  readonly timedOut: boolean;
}

async function run(args: readonly string[], cwd: string, untilMs: number): Promise<Ended> {
  const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = Promise.withResolvers<number | null>();
  let [output, timedOut] = ['', false];
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.once('error', ended.reject).once('close', ended.resolve);
  const timer = setTimeout(
    () => {
      timedOut = true;
      child.kill();
    },
    Math.max(0, untilMs - performance.now()),
  );
  const status = await ended.promise;
  clearTimeout(timer);
  return { output, status, timedOut };
}
