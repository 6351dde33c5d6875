/** What `jtp help TOPIC` says beside the help of commands. Told from the tables that the program itself reads. */
import { hookVariables, jobVariables, reasonCatalogue, settingTable } from 'job-trigger-core';
import { exitMeanings, exitStatus } from '../exit-status.ts';

export interface Topic {
  readonly summary: string;
  readonly text: () => string;
}

/** Two columns; the second may be long and is not broken. */
function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right.replaceAll('`', "'")}`).join('\n');
}

/** Variables of the programs that are no settings. */
export const programVariables: Readonly<Record<string, string>> = {
  JOB_PORTAL_CONFIG: 'The file of settings, as --config.',
  JOB_PORTAL_SERVER: 'Talk to this server instead of the database, as --server.',
  JOB_PORTAL_TOKEN: 'Credential for that server; --token-file reads it from a file.',
  JOB_PORTAL_CONTEXT: 'Talk to the server of this context, as --context; `jtp login` makes contexts.',
  XDG_CONFIG_HOME: 'Where `jtp/contexts.json` is kept, which holds contexts and sign-ins; else ~/.config.',
  'JOB_PORTAL_OIDC_<NAME>_CLIENT_SECRET':
    'Secret of the client of one of `oidc.providers`; with `_FILE` behind it, the path of a file that holds it.',
  VISUAL: 'What `jtp jobs edit` opens; else EDITOR, else vi.',
};

function exitCodes(): string {
  const rows = Object.entries(exitMeanings).map(
    ([name, meaning]) => [String(exitStatus[name as keyof typeof exitStatus]), meaning] as const,
  );
  return `Exit status of jtp, the same on a server and on the database.\n\n${table(rows)}`;
}

function environment(): string {
  const settings = settingTable.map(({ variable, description }) => [`JOB_PORTAL_${variable}`, description] as const);
  return [
    'A flag wins over the environment, the environment over config.yaml, that over the default.',
    'Where a value is secret, the variable with _FILE behind it may name a file that holds it.',
    `Lines of ./.env fill settings that are not set.\n\nSettings:\n${table(settings)}`,
    `\nThe command line:\n${table(Object.entries(programVariables))}`,
    `\nWhat a job's process is given:\n${table(Object.entries(jobVariables))}`,
    `\nWhat the script after a job is given besides:\n${table(Object.entries(hookVariables))}`,
  ].join('\n');
}

const time = (): string => `An instant is written in UTC with Z: 2030-01-31T09:00:00Z. On a terminal the distance stands
beside it. Flags that take an instant take the same form, or one with an offset.

A length of time is a number with a unit: 500ms, 30s, 5m, 1h, 2d; without a unit it is seconds.

A schedule lives in an IANA zone, Europe/Berlin or Asia/Hong_Kong: its own, else that of the
installation (JOB_PORTAL_TIMEZONE). When clocks go forward, a fixed time inside the gap moves to
the end of the gap; when they go back, a fixed time counts once. Recurring rules follow real time.
See it before you save it:  jtp next '30 2 * * *' --timezone Europe/Berlin --from 2030-03-30T00:00:00Z`;

const views = {
  waiting: 'Why a run waits',
  skipped: 'Why a due instant became no run',
  ended: 'How a run ended beyond its state',
  idle: 'Why a job has no next instant',
  told: 'What else is said of an instant',
} as const satisfies Record<keyof typeof reasonCatalogue, string>;

function reasons(): string {
  const parts = Object.entries(views).map(([view, title]) => {
    const entries = Object.entries(reasonCatalogue[view as keyof typeof views]);
    return `${title}:\n${table(entries.map(([code, { plain }]) => [code, plain] as const))}`;
  });
  return `One catalogue for pages, command line and API. Ask for a job: jtp jobs why JOB\n\n${parts.join('\n\n')}`;
}

export const topics: Readonly<Record<string, Topic>> = {
  'exit-codes': { summary: 'what the exit status says', text: exitCodes },
  environment: { summary: 'variables of settings, of jtp, and of a job’s process', text: environment },
  time: { summary: 'how instants, lengths and zones are written', text: time },
  reasons: { summary: 'why something waits, was skipped or ended', text: reasons },
};
