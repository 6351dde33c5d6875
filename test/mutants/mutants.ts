/** The product, spoilt in one place at a time. What proves it must notice each of them. */

export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** What stands in the file exactly once, and what is put in its place. */
  readonly from: string;
  readonly to: string;
  /** A second place of the same file. */
  readonly also?: { readonly from: string; readonly to: string };
  /** Tried one after the other until one fails: a test file, or the simulation. The quicker ones come first. */
  readonly provers: readonly string[];
}

const simulation = 'simulation';
const engine = 'packages/core/src/engine';
const sqlite = 'packages/core/src/store/sqlite';
const postgres = 'packages/core/src/store/postgres';

export const mutants: readonly Mutant[] = [
  {
    name: 'no compare-and-set: whoever comes moves the cursor',
    file: `${sqlite}/statements.ts`,
    from: "\n  AND cursor_at = value ->> 'cursor_at' RETURNING schedules.id",
    to: '\n  RETURNING schedules.id',
    provers: [`${sqlite}/sqlite.test.ts`, simulation],
  },
  {
    name: 'no fence at the finish',
    file: `${sqlite}/dispatch-statements.ts`,
    from: 'DELETE FROM leases WHERE run_id = ? AND fence = ? RETURNING *',
    to: 'DELETE FROM leases WHERE run_id = ? AND ? IS NOT NULL RETURNING *',
    provers: [`${sqlite}/sqlite.test.ts`, simulation],
  },
  {
    name: 'a start that the intent did not allow',
    file: `${engine}/starter.ts`,
    from: 'if (fences.get(claim.runId) !== claim.fence || work === undefined) {',
    to: 'if (fences.size < 0 || work === undefined) {',
    provers: [`${engine}/halted.test.ts`, simulation],
  },
  {
    name: 'the end of a process on `close` in the place of `exit`',
    file: 'packages/core/src/spawner/job-process.ts',
    from: 'exited: (end) => this.#onExit(end),',
    to: `exited: (end) => {
          const held = setInterval(() => {
            if (this.#openStreams > 0) return;
            clearInterval(held);
            this.#onExit(end);
          }, 1);
        },`,
    provers: ['packages/core/src/spawner/process-tree.test.ts'],
  },
  {
    name: '`synchronous` NORMAL in the place of FULL',
    file: `${sqlite}/connection.ts`,
    from: "'synchronous = FULL'",
    to: "'synchronous = NORMAL'",
    provers: [`${sqlite}/safety.test.ts`],
  },
  {
    name: 'no amnesty after an outage',
    file: `${engine}/rescuer.ts`,
    from: 'const lost = seenFor >= this.#options.settings.amnestyMs ? silent : [];',
    to: 'const lost = seenFor >= 0 ? silent : [];',
    provers: [`${engine}/rescuer.test.ts`, simulation],
  },
  {
    name: 'what is in the ledger already gets a run all the same',
    file: 'packages/core/src/store/write-plan.ts',
    from: '({ scheduleId, dueAt }) => keys.has(keyOf(scheduleId, dueAt))',
    to: '({ scheduleId, dueAt }) => keys.size >= 0 || keys.has(keyOf(scheduleId, dueAt))',
    provers: [`${sqlite}/sqlite.test.ts`, simulation],
  },
  {
    name: 'two leases of an exclusive job',
    file: 'packages/core/src/store/migrations/0011-direct.ts',
    from: 'direct integer NOT NULL DEFAULT 0;\nDROP INDEX leases_never_two;\nCREATE UNIQUE INDEX',
    to: 'direct integer NOT NULL DEFAULT 0;\nDROP INDEX leases_never_two;\nCREATE INDEX',
    provers: [simulation],
  },
  {
    name: 'the cursor moved in a transaction before the ledger',
    file: `${engine}/plan-batch.ts`,
    from: '  return store.transaction(\n    async (tables) => {\n      const ids',
    to: `  const ahead = await store.schedules.advance(steps.flatMap(({ schedules }) => schedules.map(moveOf)));
  return store.transaction(
    async (tables) => {
      const ids`,
    also: {
      from: 'const won = new Set(await tables.schedules.advance(open.flatMap(({ schedules }) => schedules.map(moveOf))));',
      to: 'const won = new Set(ahead);',
    },
    provers: [`${engine}/crash-points.test.ts`, simulation],
  },
  {
    name: 'catch-up without an end',
    file: 'packages/core/src/policy/misfire.ts',
    from: 'all: nth < catchUp.max,',
    to: 'all: true,',
    provers: ['packages/core/src/policy/misfire.test.ts', simulation],
  },
  {
    name: 'a run that is lost again and again',
    file: 'packages/core/src/policy/lost.ts',
    from: "onLost === 'rerun' && losses < maxLost ? now : null",
    to: "onLost === 'rerun' && losses < maxLost + 1000 ? now : null",
    provers: ['packages/core/src/policy/lost.test.ts', simulation],
  },
  {
    name: 'a heartbeat that does not stop a rescue',
    file: 'packages/core/src/store/sql/workers.ts',
    from: "      return (await session.change(own.where('beat_at', '<', sql<number>`now_ms() - ${lostAfter}`))) > 0;",
    to: '      return lostAfter >= 0 && (await session.change(own)) > 0;',
    provers: ['packages/core/src/store/sqlite/sqlite.test.ts', simulation],
  },
  {
    name: 'a journal that nobody reads',
    file: `${engine}/takeover.ts`,
    from: 'return entries(remains, options.system);',
    to: 'return entries(remains, options.system).slice(0, 0);',
    provers: [`${engine}/crash-points.test.ts`],
  },
  {
    name: 'a clock that went back unnoticed',
    file: `${engine}/counting-clock.ts`,
    from: 'this.#wentBack = true;\n    this.#told = told;',
    to: 'this.#told = told;',
    provers: [`${engine}/clock-back.test.ts`, simulation],
  },
  {
    name: 'a claim without an intent counts as lost',
    file: `${engine}/settle.ts`,
    from: 'const givenBack = await tables.dispatch.release(holder);',
    to: 'const givenBack: readonly number[] = await tables.dispatch.release(holder, []);',
    provers: [`${engine}/crash-points.test.ts`, simulation],
  },
  {
    name: 'no leash for what may be started again',
    file: `${engine}/attempt.ts`,
    from: "return this.work.definition.onLost === 'rerun' ? lostAfterMs - leaseMs : null;",
    to: 'return lostAfterMs < leaseMs ? 0 : null;',
    provers: [`${engine}/silence.test.ts`, simulation],
  },
  {
    name: 'a result beside a change of phase is late at once',
    file: `${postgres}/dispatch.ts`,
    from: 'const after = await finishHeld(session, missed);',
    to: 'const after: ReadonlySet<Id> = new Set();',
    provers: [`${postgres}/finish-race.test.ts`],
  },
];
