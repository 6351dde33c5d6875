/** Faults that are made on purpose, by the numbers of the fault catalogue. What proves each is read from the tests. */

export interface CataloguedFault {
  readonly id: string;
  readonly fault: string;
  /** What of it no test makes, and why; all of it where no test names the row. */
  readonly untested?: string;
}

export const catalogue: Readonly<Record<string, readonly CataloguedFault[]>> = {
  'Processes that crash or stand still': [
    { id: 'F1', fault: 'A scheduler is killed around its transaction' },
    { id: 'F2', fault: 'Several schedulers plan the same instants at once' },
    { id: 'F3', fault: 'A scheduler stands still in its transaction while another plans on' },
    { id: 'F4', fault: 'A worker is killed at each point between claim and report' },
    { id: 'F5', fault: 'A worker is killed and started again' },
    { id: 'F6', fault: 'A worker is killed and never comes back' },
    { id: 'F7', fault: 'A worker stands still for less than its lease' },
    { id: 'F8', fault: 'A worker stands still for longer than its lease, `on_lost: fail`' },
    { id: 'F9', fault: 'A worker stands still until its runs are lost, `on_lost: rerun`' },
    { id: 'F10', fault: 'Worker and spawner stand still together, as on a host that is paused' },
    { id: 'F11', fault: 'The spawner is killed' },
    { id: 'F12', fault: 'The portal is killed while a run is asked for' },
    { id: 'F13', fault: 'The portal is killed while many read its streams' },
    { id: 'F14', fault: 'Everything is killed at once, under load' },
    {
      id: 'F51',
      fault: 'The kernel kills the worker for want of memory',
      untested: `the kernel's own choice of a victim, which is a worker that is killed (F5). No reason hints at memory.`,
    },
    { id: 'F52', fault: 'The machine refuses to start a process for the moment' },
    { id: 'F53', fault: "The worker's loop is blocked for longer than its lease" },
    { id: 'F54', fault: 'SIGTERM with live runs, and a second one' },
    { id: 'F55', fault: 'Two versions of the program work on one database' },
    { id: 'F59', fault: 'A run that kills its worker each time it is started' },
    { id: 'F61', fault: 'Two workers of the same name' },
    {
      id: 'F62',
      fault: "A worker's right to work is taken away while it runs something",
      untested:
        'workers have no tokens; they work with the credential of the database. A worker can be drained and removed instead.',
    },
  ],
  'Disk and SQLite': [
    { id: 'F15', fault: 'Killed within a checkpoint' },
    {
      id: 'F16',
      fault: 'Power is lost',
      untested: `that what is acknowledged was synced. It is the setting, which has a test, and [F19](#disk-and-sqlite) by hand; no plug is pulled, and a disk that lies is not seen through. On PostgreSQL it is what its administrator chose.`,
    },
    { id: 'F17', fault: "No room is left on the database's disk" },
    { id: 'F18', fault: 'No room is left for output' },
    {
      id: 'F19',
      fault: 'The disk reports an error when it is told to keep something',
      untested:
        'by hand, as it needs strace: `node -C jtp-source test/chaos/failed-sync.ts` lets one sync of a command after the other fail. A failed sync of a commit ended the process at once, with status 1 and without another sync; one of a checkpoint was passed over, as the log still held all of it. No acknowledged change was missing, and the database was whole each time.',
    },
    { id: 'F20', fault: "The database's file is removed, replaced, read-only, or somebody else's" },
    { id: 'F21', fault: 'A page of the database is damaged' },
    { id: 'F22', fault: 'Another program holds the write lock for half a minute' },
    { id: 'F23', fault: 'An SQLite that is known to lose data' },
    { id: 'F60', fault: 'A backup is made under load and restored elsewhere' },
  ],
  'PostgreSQL and the way to it': [
    { id: 'F24', fault: 'The server crashes and starts again while runs are live' },
    { id: 'F25', fault: "A session is ended within one of the engine's transactions" },
    { id: 'F26', fault: 'The connection is cut after COMMIT went out and before its answer' },
    { id: 'F27', fault: 'A connection on which nothing arrives any more' },
    { id: 'F28', fault: 'No connection is to be had' },
    { id: 'F29', fault: 'Deadlocks and serialisation failures' },
    {
      id: 'F30',
      fault: 'A standby takes over that had not heard the last transactions',
      untested:
        'that a worker which never comes back is waited for no longer than it takes to be given up: the rule has its cases, and no server.',
    },
    { id: 'F31', fault: 'Every statement takes half a second longer' },
  ],
  Time: [
    { id: 'F32', fault: 'The clock jumps an hour ahead' },
    { id: 'F33', fault: 'The clock goes back an hour' },
    { id: 'F34', fault: 'The clock jumps a year ahead and comes back' },
    { id: 'F35', fault: "A worker's clock is ten minutes off, on PostgreSQL" },
    { id: 'F36', fault: 'The machine sleeps for ten minutes' },
    { id: 'F37', fault: 'Clock changes in many zones while schedules are active' },
    { id: 'F38', fault: 'Zone data changes between two passes' },
    { id: 'F39', fault: 'A second comes twice' },
    { id: 'F40', fault: 'A schedule is edited, paused or deleted while it is being planned' },
    { id: 'F41', fault: 'A year of downtime with a schedule for every second' },
    {
      id: 'F58',
      fault: 'Ten thousand schedules are due in the same second',
      untested: `ten thousand, with their starts: \`npm run bench -- crowd\` measures them.`,
    },
  ],
  'The job and its output': [
    {
      id: 'F42',
      fault: 'Very much output, and very long lines',
      untested: `1 GB, with the memory and the answers of the portal meanwhile: \`npm run bench -- chatty\` measures them.`,
    },
    { id: 'F43', fault: 'A daemon is left behind that holds the output open' },
    { id: 'F44', fault: 'A job that ignores being asked to end' },
    { id: 'F45', fault: 'A job that hides its processes' },
    {
      id: 'F46',
      fault: 'A job that takes processes, memory, files or space without end',
      untested:
        'memory and the number of processes are not limited; a job that takes all of them is the matter of the machine.',
    },
    { id: 'F47', fault: 'Output that is no text, or that commands a terminal' },
    { id: 'F48', fault: 'Ends by signal, with exit 255, or with children left over' },
    {
      id: 'F49',
      fault: 'The script is changed between its approval and its start',
      untested:
        'where no approval is required (`security.require_script_approval`). A script is checked when a job is saved and when it starts, and its interpreter then opens it by name: what is swapped in between is run. Whoever can do that may write the scripts folder.',
    },
    { id: 'F50', fault: 'A program that cannot be started at all' },
  ],
  Neighbours: [
    { id: 'F56', fault: 'A receiver of webhooks that is down, slow, or answers without end' },
    {
      id: 'F57',
      fault: 'Names that are not resolved, or late',
      untested: `a real name server. By hand, with one that never answers: two names held every other look-up of the process up for ten seconds, and no longer do since it may look twelve up at once.`,
    },
  ],
};
