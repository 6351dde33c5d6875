/** A schedule from a pasted crontab. */
import { JobTriggerError } from '../errors.ts';
import type { Rule } from '../model/schedule.ts';
import { readCrontab, type CrontabLine } from './crontab-line.ts';
import { ask, refuse, understood, type AskedBack, type Understood, type WordsContext } from './words-answer.ts';
import { isKnownZone } from './zone.ts';

const everySize = /^@every\s+(?:(\d{1,5})h)?(?:(\d{1,6})m)?(?:(\d{1,7})s)?$/i;

function everyRule(expression: string): Rule | null {
  const match = everySize.exec(expression);
  if (match === null) return null;
  const seconds = Number(match[1] ?? 0) * 3600 + Number(match[2] ?? 0) * 60 + Number(match[3] ?? 0);
  if (seconds === 0) return null;
  if (seconds % 3600 === 0) return { kind: 'interval', every: seconds / 3600, unit: 'hours' };
  if (seconds % 60 === 0) return { kind: 'interval', every: seconds / 60, unit: 'minutes' };
  return { kind: 'interval', every: seconds, unit: 'seconds' };
}

/** A fault of the expression, told at its place in the whole text. */
function shifted(error: unknown, by: number): unknown {
  if (!(error instanceof JobTriggerError) || error.code !== 'schedule_invalid') return error;
  const message = (error.fields[0]?.message ?? error.message).replace(
    /position (\d+)/,
    (_, position: string) => `position ${Number(position) + by}`,
  );
  return refuse(message);
}

function fromLine(line: CrontabLine, start: number, { timezone }: WordsContext): Understood {
  const zone = line.timezone ?? timezone;
  if (!isKnownZone(zone))
    throw refuse(
      `position ${start + 1}: '${zone.slice(0, 60)}' is no zone of the IANA data; write a name such as Europe/Berlin`,
    );
  const rule = everyRule(line.expression) ?? { kind: 'cron' as const, expression: line.expression };
  try {
    return { ...understood(rule, zone), command: line.command, user: line.user };
  } catch (error) {
    throw shifted(error, start + line.at);
  }
}

/** The one schedule of the text, or which of several; null when it is no crontab. */
export function fromCrontab(text: string, context: WordsContext): Understood | AskedBack | null {
  const crontab = readCrontab(text);
  if (crontab === null) return null;
  const { lines, starts } = crontab;
  const [line] = lines;
  if (line === undefined) return null;
  const written = (one: CrontabLine): string =>
    `${one.timezone === null ? '' : `CRON_TZ=${one.timezone} `}${one.expression} ${one.command ?? ''}`.trim();
  if (lines.length > 1)
    return ask(
      `The text has ${lines.length} lines. Which one is meant?`,
      lines.slice(0, 50).map((one) => [written(one), written(one)]),
    );
  if (line.shorter !== null)
    return ask('Is the first field seconds, or does the command begin with a number?', [
      [`Six fields: ${line.expression}`, line.expression],
      [`Five fields: ${line.shorter.expression}`, line.shorter.expression],
    ]);
  return fromLine(line, starts[0] ?? 0, context);
}
