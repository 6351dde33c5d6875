/** Attacks and bad input, by the numbers of the security catalogue. What withstands each is read from the tests. */

export interface CataloguedAttack {
  readonly id: string;
  readonly attack: string;
  /** What of it no test makes, and why; all of it where no test names the row. */
  readonly untested?: string;
}

export const attacks: Readonly<Record<string, readonly CataloguedAttack[]>> = {
  'Who is there': [
    { id: 'A1', attack: 'Any route without a credential' },
    { id: 'A2', attack: 'Other spellings of a path, and headers that name another path or method' },
    { id: 'A3', attack: 'Authentication switched off' },
    { id: 'A4', attack: 'A known, short or copied key' },
    { id: 'A5', attack: 'Set-up a second time, and twice at once' },
    { id: 'A6', attack: 'Well-known names with well-known passwords' },
    { id: 'A7', attack: 'A thousand sign-ins a minute' },
    {
      id: 'A8',
      attack: 'The time that an unknown person takes',
      untested:
        'the suite counts what the process works for each, as time says little on a machine that does other things; that the medians of 500 are within 5 % is shown by `npm run proof:login-timing`.',
    },
    { id: 'A9', attack: 'Huge, odd and look-alike passwords' },
    { id: 'A10', attack: 'Forged signed tokens' },
    { id: 'A11', attack: 'A token after sign-out, a change of role or password, or the end of its person' },
    { id: 'A12', attack: 'A refresh token for the second time' },
    { id: 'A13', attack: 'A key that is misspelt, revoked, expired, somebody else’s, or in the address' },
    { id: 'A14', attack: 'A planted session, a cookie over plain HTTP, two sign-outs at once' },
    { id: 'A15', attack: 'A one-time code for the second time' },
  ],
  'Who may do what': [
    { id: 'B1', attack: 'A viewer acts' },
    { id: 'B2', attack: 'Who may run supplies code, variables or folders of their own' },
    { id: 'B3', attack: 'Ids of somebody else, wherever an id is taken' },
    { id: 'B4', attack: 'Fields that would make a caller more than they are' },
    { id: 'B5', attack: 'Lists and counts over what is not shared' },
    { id: 'B6', attack: 'Approval of one’s own script, by a key, or of another version' },
    { id: 'B7', attack: 'The last administrator goes, or two demote each other at once' },
    { id: 'B8', attack: 'A worker’s result for a run that is not its own any more' },
    { id: 'B9', attack: 'A person is deleted who owns keys and schedules' },
    { id: 'B10', attack: 'A secret is read back, guessed, or used outside its scope' },
  ],
  Values: [
    { id: 'C1', attack: 'Cron expressions that crash or never end elsewhere' },
    { id: 'C2', attack: 'Dates that never come' },
    { id: 'C3', attack: 'Rare dates that do come' },
    { id: 'C4', attack: 'Zones that are none, and old names of zones' },
    { id: 'C5', attack: 'Intervals and instants out of all bounds' },
    { id: 'C6', attack: 'JSON that two readers would read differently' },
    { id: 'C7', attack: 'Keys that reach prototypes' },
    { id: 'C8', attack: 'Odd query strings, and positions of somebody else' },
    { id: 'C9', attack: 'Content types and lengths that do not fit' },
    { id: 'C10', attack: 'Names that hide, turn or execute' },
    { id: 'C11', attack: 'SQL in every text' },
    { id: 'C12', attack: 'Patterns that go back for ever' },
    { id: 'C13', attack: 'Numbers out of all bounds' },
    { id: 'C14', attack: 'Dependencies on itself, in a circle, on what is somebody else’s' },
    { id: 'C15', attack: 'Documents and archives that grow, execute or leave their folder' },
    { id: 'C16', attack: 'Changes of an old version, and two at once' },
    { id: 'C17', attack: 'A repeated key with another body, too long, fifty at once' },
  ],
  'Files and approval': [
    { id: 'D1', attack: 'Paths that leave the scripts folder' },
    { id: 'D2', attack: 'Links, devices, set-uid files, folders that all may write' },
    { id: 'D3', attack: 'A file exchanged between check and start' },
    { id: 'D4', attack: 'Another content behind an approval' },
    { id: 'D5', attack: 'An approved script that loads an unapproved neighbour' },
    { id: 'D6', attack: 'An interpreter that leads elsewhere' },
    { id: 'D7', attack: 'Ids and ranges of logs and artifacts that are none' },
  ],
  'Into and out of the job': [
    { id: 'E1', attack: 'Parameters that a shell would execute' },
    { id: 'E2', attack: 'Values that no process can be given' },
    { id: 'E3', attack: 'Variables that load code' },
    { id: 'E4', attack: 'A job that prints what it can see of its worker' },
    {
      id: 'E5',
      attack: 'A job that connects to the portal or the database',
      untested: 'a job is not kept from the network; no worker listens there.',
    },
    {
      id: 'E6',
      attack: 'A job that writes to the program, its settings or its journal',
      untested:
        'without `worker.run_as` a job can do what its worker can; where the tests do not run as root, no job runs as somebody else.',
    },
    { id: 'E7', attack: 'Output that looks like a command to the portal' },
    { id: 'E8', attack: 'Job types by the name of a module or an address' },
  ],
  'Requests that are sent': [
    { id: 'F1', attack: 'Addresses inside, in every spelling' },
    { id: 'F2', attack: 'Names that lead inside' },
    { id: 'F3', attack: 'Redirects' },
    { id: 'F4', attack: 'Other protocols and ports' },
    { id: 'F5', attack: 'Answers without end' },
    { id: 'F6', attack: 'Requests that could be read as two' },
    { id: 'F7', attack: 'Certificates that are wrong' },
    { id: 'F8', attack: 'Proxies in the environment' },
  ],
  Browser: [
    { id: 'G1', attack: 'Changes from another site' },
    { id: 'G2', attack: 'Reading that changes something' },
    { id: 'G3', attack: 'Output and names with markup' },
    { id: 'G4', attack: 'A log that is opened as a page' },
    { id: 'G5', attack: 'Streams from elsewhere, without a right, or without end' },
    { id: 'G6', attack: 'Frames, and addresses to go on to' },
    { id: 'G7', attack: 'Requests of other origins with credentials' },
    {
      id: 'G8',
      attack: 'Sign-in elsewhere, forged',
    },
    { id: 'G9', attack: 'Forwarding headers from anybody' },
  ],
  'Secrets, logs, audit': [
    { id: 'H1', attack: 'A job prints a secret, in pieces and encodings' },
    { id: 'H2', attack: 'Secrets too short or too common to hide' },
    { id: 'H3', attack: 'A secret in an error, a message, a difference' },
    { id: 'H4', attack: 'Sealed texts exchanged or changed, another key, a rotation that broke off' },
    { id: 'H5', attack: 'A copy of the database without its key' },
    { id: 'H6', attack: 'The audit changed, cut, moved or forked' },
    { id: 'H7', attack: 'Lines of the log forged by input' },
  ],
  Hooks: [
    { id: 'I1', attack: 'Messages unsigned, old, repeated, changed' },
    { id: 'I2', attack: 'Ten thousand valid messages a minute' },
    { id: 'I3', attack: 'The secret of an outgoing hook, and a test to an address inside' },
  ],
  Load: [
    { id: 'J1', attack: 'Slow and huge headers, idle connections, requests hidden in requests' },
    { id: 'J2', attack: 'Schedules, runs and readers without end' },
    {
      id: 'J3',
      attack: 'The worst filter for an export or a search',
      untested: 'SQLite has no time box; lists are read there in stretches with an index each.',
    },
    { id: 'J4', attack: 'Bombs at every parser' },
  ],
  'Installation and supply': [
    { id: 'K1', attack: 'A default installation is scanned' },
    { id: 'K2', attack: 'A container that may too much', untested: 'no container is built here, and none is needed.' },
    { id: 'K3', attack: 'Files of the installation that others may read' },
    { id: 'K4', attack: 'Dependencies with install scripts, look-alikes, a lockfile that drifted' },
    { id: 'K5', attack: 'An old program on a new schema, an old backup with keys since revoked' },
  ],
};
