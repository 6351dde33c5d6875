/** Coming runs as an iCalendar document (RFC 5545): lines of at most 75 octets, ended by CR LF, texts escaped. */
import type { Timeline } from 'job-trigger-core';

const text = (value: string): string =>
  value
    .replace(/[\p{Cc}]/gu, ' ')
    .replaceAll('\\', '\\\\')
    .replace(/[;,]/g, String.raw`\$&`);

/** `20270131T090000Z` */
const stamp = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d{3}/g, '');

function folded(line: string): string {
  const rows: string[] = [];
  let row = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > 74) {
      rows.push(row);
      row = ' ';
      octets = 1;
    }
    row += character;
    octets += size;
  }
  return [...rows, row].join('\r\n');
}

/** One event a coming run that nothing holds back, as long as the job usually takes, and at least a minute. */
export function icalText(name: string, { now, coming, lanes }: Pick<Timeline, 'now' | 'coming' | 'lanes'>): string {
  const usual = new Map(lanes.map(({ job, usualMs }) => [job.id, usualMs]));
  const events = coming
    .filter(({ dropped }) => dropped === null)
    .flatMap(({ job, at }) => [
      'BEGIN:VEVENT',
      `UID:${job.id}-${at}@job-trigger-portal`,
      `DTSTAMP:${stamp(now)}`,
      `DTSTART:${stamp(at)}`,
      `DTEND:${stamp(at + Math.max(60_000, usual.get(job.id) ?? 0))}`,
      `SUMMARY:${text(job.name)}`,
      'TRANSP:TRANSPARENT',
      'END:VEVENT',
    ]);
  const lines = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Job Trigger Portal//Timeline//EN',
    'CALSCALE:GREGORIAN',
    `X-WR-CALNAME:${text(name)}`,
    'REFRESH-INTERVAL;VALUE=DURATION:PT1H',
    ...events,
    'END:VCALENDAR',
  ];
  return `${lines.map(folded).join('\r\n')}\r\n`;
}
