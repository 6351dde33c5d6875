/**
 * A pasted line of a crontab, apart: the expression, its zone, the user column of a system crontab, and the command.
 *
 * Only shapes are told apart here; whether the fields make sense is the cron parser's question.
 */

export interface CrontabLine {
  /** Five or six fields, an alias, or `@every 5m`. */
  readonly expression: string;
  /** Where the expression begins in the line, from 0. */
  readonly at: number;
  /** `CRON_TZ=` or `TZ=`, on this line or one above. */
  readonly timezone: string | null;
  /** The user column of a system crontab. */
  readonly user: string | null;
  readonly command: string | null;
  readonly comment: string | null;
  /** Six leading fields before a command can also be five fields and a command that begins with a number. */
  readonly shorter: CrontabLine | null;
}

const name = '(?:mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)';
const fieldShape = new RegExp(String.raw`^(?:[\d*?]|${name}(?![a-z])|LW?(?![a-z]))(?:[\d*?,/#\-LW]|${name})*$`, 'i');
const assignment = /^\s*([A-Za-z_]\w*)\s*=\s*("[^"]*"|'[^']*'|\S*)\s*/;

/** Programs that begin a command; anything else before a path is taken for the user column. */
const programs = new Set(
  'sh bash zsh dash fish env nice ionice nohup timeout flock chronic sudo su cd test exec if for while python python2 python3 perl ruby php node npm npx deno bun java go make docker podman curl wget rsync tar find cat echo printf true git mysqldump pg_dump psql systemctl service run-parts certbot'.split(
    ' ',
  ),
);
const accounts = new Set('root www-data nobody daemon postgres mysql backup nginx apache git ubuntu'.split(' '));

/** Whether a word is the user column, by what follows it. */
function isAccount(word: string, following: string): boolean {
  if (following === '' || programs.has(word) || !/^[a-z_][a-z0-9_-]*\$?$/.test(word)) return false;
  return accounts.has(word) || following.startsWith('/') || programs.has(following);
}

function splitCommand(rest: string): Pick<CrontabLine, 'user' | 'command' | 'comment'> {
  const hash = /(?:^|\s)#\s*(.*)$/.exec(rest);
  const comment = hash?.[1]?.trim() ?? null;
  const text = (hash === null ? rest : rest.slice(0, hash.index)).trim();
  const [first = '', second = ''] = text.split(/\s+/);
  const isUser = isAccount(first, second);
  const command = isUser ? text.slice(first.length).trim() : text;
  return { user: isUser ? first : null, command: command === '' ? null : command, comment };
}

/** The zone that an assignment sets; null when it sets something else. */
function zoneSetBy([, name, value = '']: RegExpExecArray): string | null {
  return name === 'CRON_TZ' || name === 'TZ' ? value.replace(/^["']|["']$/g, '') : null;
}

/** What a line holds behind its leading assignments, and from where on. */
function withoutAssignments(line: string, zoneAbove: string | null) {
  let at = 0;
  let timezone = zoneAbove;
  for (let match = assignment.exec(line); match !== null; match = assignment.exec(line.slice(at))) {
    timezone = zoneSetBy(match) ?? timezone;
    at += match[0].length;
  }
  return { at, rest: line.slice(at), timezone };
}

/** How many of the words could be fields before one that could not. */
function leadingFields(words: readonly RegExpExecArray[]): number {
  const odd = words.findIndex(([word]) => !fieldShape.test(word));
  return odd === -1 ? words.length : odd;
}

/** The line as a crontab's, or null when it does not look like one. */
function readCrontabLine(line: string, zoneAbove: string | null = null): CrontabLine | null {
  const { at, rest, timezone } = withoutAssignments(line, zoneAbove);
  const words = [...rest.matchAll(/\S+/g)];
  const [first] = words;
  if (first === undefined) return null;
  const cut = (count: number): CrontabLine | null => {
    const last = words[count - 1];
    if (last === undefined) return null;
    const end = last.index + last[0].length;
    return {
      expression: rest.slice(first.index, end),
      at: at + first.index,
      timezone,
      shorter: null,
      ...splitCommand(rest.slice(end)),
    };
  };
  if (first[0].startsWith('@')) return cut(first[0].toLowerCase() === '@every' ? 2 : 1);
  const leading = leadingFields(words);
  // Four numbers and words are no crontab line; something like `99 * * * *` is one with a fault.
  if (leading < 5 || !/^[\d*?]/.test(first[0])) return null;
  if (leading === 5) return cut(5);
  const six = cut(6);
  return six === null || words.length === 6 ? six : { ...six, shorter: cut(5) };
}

export interface Crontab {
  readonly lines: readonly CrontabLine[];
  /** Position of each line's first character in the text, from 0. */
  readonly starts: readonly number[];
}

/** Every schedule line of a pasted text, with the zone set above it; null when a line is none. */
export function readCrontab(text: string): Crontab | null {
  const lines: CrontabLine[] = [];
  const starts: number[] = [];
  let zone: string | null = null;
  let start = 0;
  for (const row of text.split('\n')) {
    const bare = row.replace(/\r$/, '');
    const only = assignment.exec(bare);
    if (only !== null && only[0].length === bare.length) {
      zone = zoneSetBy(only) ?? zone;
    } else if (!/^\s*(?:#|$)/.test(bare)) {
      const line = readCrontabLine(bare, zone);
      if (line === null) return null;
      lines.push(line);
      starts.push(start);
    }
    start += row.length + 1;
  }
  return lines.length === 0 ? null : { lines, starts };
}
