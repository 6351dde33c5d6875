/**
 * A database as years of use leave it, written by the database itself out of numbered rows: millions in minutes. What a
 * row holds is of the size and the spread that the engine writes; times end now.
 */
import { openStore, realSystem, tzVersion } from 'job-trigger-core';
import { factories } from 'job-trigger-core/testing';
import { postgresDialect, sqliteDialect, type Dialect } from './past-dialect.ts';

export interface Past {
  /** Ended runs, each with attempt and event, nearly each with its row in the ledger. One job has a tenth of them. */
  readonly runs: number;
  /** Each with a job of its own; due in a day and later. */
  readonly schedules: number;
  /** Waiting runs: of the hours to come, of a queue that nobody serves, and some behind a full key. */
  readonly backlog: number;
  readonly days: number;
}

/** What a reader of such a database asks for. */
export interface PastFacts {
  readonly firstJob: number;
  /** The job with a tenth of the runs. */
  readonly busyJob: number;
  readonly from: number;
  readonly to: number;
}

const dayMs = 86_400_000;
const chunk = 250_000;
/** Numbers of what is written here begin above those that an engine draws meanwhile. */
const [jobBase, scheduleBase, runBase] = [1_000_000, 100_000_000, 1_000_000_000];
const otherQueue = 'elsewhere';
/** Jobs that have history; those beyond were saved and have not run yet. */
const mostBusy = 20_000;

/** When a job was made: it is part of its id outside. */
export const createdAtOf = ({ from, firstJob }: PastFacts, job: number): number => from - dayMs + (job - firstJob + 1);

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Fills an empty database that this program's migrations made; it is analysed at the end. */
export async function fillPast(url: string, past: Past, say: (text: string) => void): Promise<PastFacts> {
  const store = await openStore({ url, system: realSystem(), migrate: true });
  const now = await store.now();
  await store.close();
  const isFile = url.startsWith('sqlite:');
  const database = isFile ? sqliteDialect(url.slice('sqlite:'.length)) : await postgresDialect(url);
  const writer = new PastWriter(database, past, now);
  try {
    if (!isFile) await writer.months();
    await writer.fewRows();
    await writer.inChunks(past.schedules, (numbers) => writer.jobs(numbers));
    let told = 0;
    await writer.inChunks(past.runs, async (numbers, to) => {
      await writer.history(numbers);
      if (to - told < 1_000_000) return;
      told = to;
      say(`${to / 1_000_000} million runs`);
    });
    await writer.counts();
    await writer.inChunks(past.backlog, (numbers) => writer.backlog(numbers));
    await database.exec(isFile ? 'PRAGMA optimize = 0x10012; ANALYZE' : 'VACUUM (ANALYZE)');
    if (isFile) await database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    await database.close();
  }
  return { firstJob: jobBase + 1, busyJob: jobBase + 1, from: writer.from, to: now };
}

class PastWriter {
  readonly #database: Dialect;
  readonly #past: Past;
  readonly #now: number;
  readonly #stepMs: number;
  readonly from: number;

  constructor(database: Dialect, past: Past, now: number) {
    this.#database = database;
    this.#past = past;
    this.#now = now;
    this.from = now - past.days * dayMs;
    this.#stepMs = Math.max(1, Math.floor((past.days * dayMs - 60_000) / Math.max(1, past.runs)));
  }

  async inChunks(count: number, write: (numbers: string, to: number) => Promise<void>): Promise<void> {
    for (let from = 1; from <= count; from += chunk) {
      const to = Math.min(count, from + chunk - 1);
      await this.#database.exec('BEGIN');
      await write(this.#database.numbers(from, to), to);
      await this.#database.exec('COMMIT');
    }
  }

  async #insert(table: string, columns: Readonly<Record<string, string | number>>, from: string): Promise<void> {
    const values = Object.entries(columns).map(([name, value]) => `${value} AS ${name}`);
    await this.#database.exec(
      `INSERT INTO ${table} (${Object.keys(columns).join(', ')}) SELECT ${values.join(', ')} FROM ${from}`,
    );
  }

  /** Months of the past as an installation has them that was there. */
  async months(): Promise<void> {
    const [begin, end] = [new Date(this.from), new Date(this.#now)];
    const count = (end.getUTCFullYear() - begin.getUTCFullYear()) * 12 + end.getUTCMonth() - begin.getUTCMonth() + 1;
    for (let month = 0; month < count; month += 1) {
      const [from, to] = [month, month + 1].map((each) =>
        Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + each, 1),
      );
      const name = new Date(from ?? 0).toISOString().slice(0, 7).replace('-', '_');
      for (const [table, settings] of [
        ['runs', 'WITH (fillfactor = 80)'],
        ['attempts', ''],
      ])
        await this.#database.exec(
          `CREATE TABLE IF NOT EXISTS ${table}_${name} PARTITION OF ${table} FOR VALUES FROM (${from}) TO (${to}) ${settings}`,
        );
    }
  }

  /** Queues, the worker that did it all, and the counter of numbers. */
  async fewRows(): Promise<void> {
    const { exec, json, yes, no } = this.#database;
    await exec(`INSERT INTO queues (name, labels) VALUES ('default', '[]'), ('${otherQueue}', '[]')`);
    const worker = { created_at: this.from, host: "'host'", platform: "'linux'", pid: 1, version: "'0'", slots: 10 };
    const lists = { queues: json('\'["default"]\''), labels: json("'[]'"), containment: "'pgid'" };
    await this.#insert(
      'workers',
      {
        id: 1,
        name: "'past'",
        ...worker,
        ...lists,
        incarnation: 1,
        started_at: this.from,
        beat_at: this.#now,
        draining: no,
        lost_at: this.#now,
      },
      '(SELECT 1) AS one',
    );
    // Holds a slot for as long as anybody measures.
    await this.#insert(
      'workers',
      {
        id: 2,
        name: "'holder'",
        ...worker,
        ...lists,
        incarnation: 2,
        started_at: this.from,
        beat_at: this.#now + 30 * dayMs,
        draining: yes,
      },
      '(SELECT 1) AS one',
    );
    const names = { name: quoted('id'), value: runBase + this.#past.runs + this.#past.backlog + 10_000 };
    await exec(`UPDATE counters SET value = ${names.value} WHERE name = ${names.name}`);
  }

  /** Each with its version, a tag, a schedule. Names are spread, as an alphabet is. */
  async jobs(numbers: string): Promise<void> {
    const { json, yes, no } = this.#database;
    const [id, schedule] = [`${jobBase} + n`, `${scheduleBase} + n`];
    const name = `'report ' || ((n * 7919) % 1000003) || ' of ' || n`;
    const definition = quoted(JSON.stringify(factories.jobDefinition({ name: '@name@', tags: ['@tag@'] })));
    const tag = `'team-' || (n % 97)`;
    const created = `${this.from - dayMs} + n`;
    await this.#insert(
      'jobs',
      {
        id,
        created_at: created,
        updated_at: `${created} + (n * 6151) % 1000000`,
        version: 1,
        name,
        sort_name: name,
        type: "'script'",
        active: `(n % 50 <> 0)`,
        automatic_runs: 0,
        demo: no,
      },
      numbers,
    );
    await this.#insert(
      'job_versions',
      {
        job_id: id,
        version: 1,
        created_at: created,
        definition: json(`replace(replace(${definition}, '@name@', ${name}), '@tag@', ${tag})`),
      },
      numbers,
    );
    await this.#insert('job_tags', { tag, job_id: id, sort_name: name }, numbers);
    const at = `${this.#now + dayMs} + (n * 104729) % ${dayMs}`;
    const time = `substr('0' || (n % 24), -2) || ':' || substr('0' || (n % 60), -2)`;
    const padded = yes === '1' ? time : `lpad((n % 24)::text, 2, '0') || ':' || lpad((n % 60)::text, 2, '0')`;
    const spec = `'{"kind":"daily","times":["' || ${padded} || '"],"timezone":"UTC"}'`;
    await this.#insert(
      'schedules',
      {
        id: schedule,
        job_id: id,
        created_at: created,
        active: yes,
        priority: 0,
        spec: json(spec),
        revision: 1,
        cursor_at: this.#now,
        plan_at: at,
        next_due_at: at,
        tz_version: quoted(tzVersion),
      },
      numbers,
    );
    await this.#insert('schedule_jobs', { job_id: id, schedule_id: schedule }, numbers);
  }

  /** How run `n` went: 4 % failed, few timed out, fewer were cancelled or lost. One in twenty was asked for by hand. */
  async history(numbers: string): Promise<void> {
    const { json } = this.#database;
    const busy = Math.max(1, Math.min(mostBusy, this.#past.schedules));
    const place = `(CASE WHEN n % 10 = 0 THEN 0 ELSE (n * 7919) % ${busy} END)`;
    const [id, job, schedule] = [`${runBase} + n`, `${jobBase + 1} + ${place}`, `${scheduleBase + 1} + ${place}`];
    const created = `${this.from} + n * ${this.#stepMs}`;
    const state = `(CASE WHEN n % 5000 = 7 THEN 'lost' WHEN n % 2000 = 11 THEN 'cancelled' WHEN n % 1000 = 13 THEN 'timed_out'
      WHEN n % 25 = 1 THEN 'failed' ELSE 'succeeded' END)`;
    const isScheduled = `n % 20 <> 3`;
    const failed = `n % 25 = 1`;
    const failure = `CASE WHEN ${failed} THEN ${json(`'{"category":"script_error","message":"Exit 1.","detail":null}'`)} END`;
    const exit = `CASE WHEN ${failed} THEN 1 ELSE 0 END`;
    await this.#insert(
      'runs',
      {
        id,
        created_at: created,
        job_id: job,
        job_version: 1,
        trigger: `CASE WHEN ${isScheduled} THEN 'schedule' ELSE 'manual' END`,
        schedule_id: `CASE WHEN ${isScheduled} THEN ${schedule} END`,
        due_at: `CASE WHEN ${isScheduled} THEN ${created} END`,
        priority: 2,
        queue: 1,
        parameters: json(`'{}'`),
        state,
        reason: `CASE WHEN n % 2000 = 11 THEN 'cancel_requested' END`,
        attempt: 1,
        worker_id: 1,
        exit_code: exit,
        failure,
        started_at: `${created} + 15`,
        ended_at: `${created} + 1000 + n % 9000`,
      },
      numbers,
    );
    await this.#insert(
      'attempts',
      {
        run_id: id,
        run_created_at: created,
        fence: 1,
        attempt: 1,
        worker_id: 1,
        outcome: state,
        exit_code: exit,
        failure,
        started_at: `${created} + 15`,
        ended_at: `${created} + 1000 + n % 9000`,
      },
      numbers,
    );
    await this.#insert(
      'unsuccessful',
      { state, run_created_at: created, run_id: id, job_id: job },
      `${numbers} WHERE ${state} <> 'succeeded'`,
    );
    await this.#insert(
      'events',
      {
        at: `${created} + 1000 + n % 9000`,
        kind: `'run.' || ${state}`,
        run_id: id,
        run_created_at: created,
        job_id: job,
        job_created_at: `${this.from - dayMs + 1} + ${place}`,
        data: json(`'{"attempt":1,"outcome":"' || ${state} || '","reason":null,"exit_code":0,"tree":null}'`),
      },
      numbers,
    );
    await this.#insert(
      'occurrences',
      {
        schedule_id: schedule,
        due_at: created,
        revision: 1,
        run_id: `CASE WHEN n % 100 <> 5 THEN ${id} END`,
        run_created_at: `CASE WHEN n % 100 <> 5 THEN ${created} END`,
        reason: `CASE WHEN n % 100 = 5 THEN 'overlap' END`,
        decided_at: created,
      },
      `${numbers} WHERE ${isScheduled}`,
    );
  }

  /** What the housekeeper has counted of that, at once. */
  async counts(): Promise<void> {
    const [hour, day] = [3_600_000, dayMs];
    const ended = `FROM events WHERE kind LIKE 'run.%' GROUP BY`;
    const begin = (width: number): string => `run_created_at - run_created_at % ${width}`;
    const write = (table: string, columns: string): Promise<void> =>
      this.#database.exec(
        `INSERT INTO ${table} SELECT ${columns}, substr(kind, 5), count(*) ${ended} ${table === 'end_tallies' ? '1, 2' : '1, 2, 3'}`,
      );
    await write('end_tallies', `at - at % ${hour}`);
    await write('run_tallies', `0, ${begin(hour)}`);
    await write('run_tallies', `job_id, ${begin(day)}`);
    await write('run_tallies', `job_id, -1`);
    await this.#database.exec(`UPDATE counters SET value = (SELECT max(id) FROM events) WHERE name = 'tallied'`);
  }

  /** Two fifths wait for another queue's worker, the rest for their time, a hundredth for a slot; a fifth is of one job. */
  async backlog(numbers: string): Promise<void> {
    const { json, no } = this.#database;
    const job = `${jobBase + 1} + CASE WHEN n % 5 = 4 THEN 0 ELSE (n * 7919) % ${Math.max(1, this.#past.schedules)} END`;
    const id = `${runBase + this.#past.runs} + n`;
    const created = `${this.#now - 3_600_000} + n % 3000000`;
    const queue = `CASE WHEN n % 5 < 2 THEN 2 ELSE 1 END`;
    const isBlocked = `n % 100 = 2`;
    await this.#insert(
      'runs',
      {
        id,
        created_at: created,
        job_id: job,
        job_version: 1,
        trigger: `'manual'`,
        priority: 2,
        queue,
        parameters: json(`'{}'`),
      },
      numbers,
    );
    await this.#insert(
      'queue',
      {
        run_id: id,
        run_created_at: created,
        job_id: job,
        queue,
        priority: 2,
        on_lost: 0,
        concurrency_key: `CASE WHEN ${isBlocked} THEN ${jobBase + 1} END`,
        slots: `CASE WHEN ${isBlocked} THEN 1 END`,
        attempt: 1,
        fence: 0,
        direct: no,
        available_at: `CASE WHEN ${isBlocked} OR n % 5 < 2 THEN ${created} ELSE ${this.#now + dayMs} + n END`,
        reason: `CASE WHEN n % 5 >= 2 AND NOT (${isBlocked}) THEN 'retry_delay' END`,
      },
      numbers,
    );
    await this.#insert(
      'leases',
      {
        run_id: runBase - 1,
        run_created_at: this.#now,
        job_id: jobBase + 1,
        queue: 1,
        priority: 2,
        on_lost: 0,
        concurrency_key: jobBase + 1,
        slots: 1,
        attempt: 1,
        fence: 1,
        slot: 0,
        worker_id: 2,
        incarnation: 2,
        phase: `'running'`,
        claimed_at: this.#now,
        started_at: this.#now,
        direct: no,
      },
      `(SELECT 1) AS one WHERE NOT EXISTS (SELECT 1 FROM leases WHERE run_id = ${runBase - 1})`,
    );
    await this.#insert(
      'runs',
      {
        id: runBase - 1,
        created_at: this.#now,
        job_id: jobBase + 1,
        job_version: 1,
        trigger: `'manual'`,
        priority: 2,
        queue: 1,
        parameters: json(`'{}'`),
      },
      `(SELECT 1) AS one WHERE NOT EXISTS (SELECT 1 FROM runs WHERE id = ${runBase - 1})`,
    );
  }
}
