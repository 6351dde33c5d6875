/** What handler tests share: a folder, a spawner, and attempts that can be carried out with them. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { toUuid } from '../model/id.ts';
import type { JobDefinition } from '../model/job.ts';
import type { Progress } from '../model/run.ts';
import { Spawner } from '../spawner/client.ts';
import { runFiles } from '../spawner/log-path.ts';
import { LogReader } from '../spawner/log-reader.ts';
import { systemClock } from '../system/clock.ts';
import { silentLogger } from '../system/logger.ts';
import { jobDefinition } from '../testing/factories.ts';
import { carryOut, handlersByType } from './carry-out.ts';
import type { Handler, HandlerContext, HandlerOutcome, HandlerPorts, HandlerSettings } from './handler.ts';
import { defaultInterpreters } from './interpreter.ts';
import { defaultScriptRules } from './script-file.ts';

export interface Attempted {
  readonly outcome: HandlerOutcome;
  /** `stream: text` a line. */
  readonly log: string;
  readonly progress: readonly Progress[];
  readonly started: number;
}

export interface AttemptOptions {
  readonly settings?: Partial<HandlerSettings>;
  readonly ports?: Partial<HandlerPorts>;
  readonly context?: Partial<HandlerContext>;
  readonly handlers?: readonly Handler[];
}

/** A workshop of one test file; close it at the end. */
export class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), 'jtp-handlers-'));
  readonly scriptsDir = join(this.folder, 'scripts');
  #spawner: Spawner | null = null;
  #attempts = 0;

  constructor() {
    mkdirSync(this.scriptsDir, { mode: 0o755 });
  }

  async close(): Promise<void> {
    await this.#spawner?.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  script(path: string, text: string, mode = 0o644): string {
    const file = join(this.scriptsDir, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 });
    writeFileSync(file, text, { mode });
    return file;
  }

  async attempt(definition: Partial<JobDefinition>, options: AttemptOptions = {}): Promise<Attempted> {
    this.#spawner ??= await Spawner.start({
      journalPath: join(this.folder, 'worker', 'journal.jsonl'),
      log: silentLogger,
      clock: systemClock(),
      hostEnv: process.env,
    });
    const progress: Progress[] = [];
    let started = 0;
    const run = { id: ++this.#attempts, createdAt: 1_768_478_400_000 };
    const files = runFiles(this.folder, run, 1);
    const runId = toUuid(run);
    const settings: HandlerSettings = {
      scriptsDir: this.scriptsDir,
      scripts: defaultScriptRules,
      interpreters: defaultInterpreters(process.execPath),
      allowCommand: true,
      outgoingAllow: [],
      outputLimitBytes: 1_000_000,
      hostEnv: { ...process.env, JOB_PORTAL_DB_URL: 'postgres://secret', AWS_SECRET_ACCESS_KEY: 'secret' },
      ...options.settings,
    };
    const spawner = this.#spawner;
    const outcome = await carryOut(handlersByType(options.handlers), {
      names: {
        jobId: 'job-1',
        runId,
        occurrenceKey: `schedule-1@${runId}`,
        attempt: 2,
        fence: 5,
        dueAt: 1_768_478_400_000,
      },
      definition: jobDefinition({ killGraceSeconds: 1, ...definition }),
      parameters: {},
      files,
      timeoutMs: 10_000,
      leashMs: null,
      signal: new AbortController().signal,
      onStarted: () => (started += 1),
      onProgress: (each) => void progress.push(each),
      ports: { spawner, clock: systemClock(), log: silentLogger, settings, functions: new Map(), ...options.ports },
      ...options.context,
    });
    const reader = await LogReader.open(files.log);
    const lines = (await reader?.read({ fromLine: 1, count: 1000 })) ?? [];
    await reader?.close();
    return { outcome, log: lines.map(({ stream, text }) => `${stream}: ${text}`).join('\n'), progress, started };
  }
}
