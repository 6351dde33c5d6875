/** Which days of a year a calendar closes, as far as a page can show it: the server decides about instants. */
import type { CalendarDraft } from './calendar-draft.ts';

const dayMs = 86_400_000;

interface Mark {
  /** The whole day, or a part of it. */
  readonly size: 'whole' | 'part';
  readonly names: readonly string[];
}

/** Marks by `YYYY-MM-DD`. */
export type Marks = ReadonlyMap<string, Mark>;

export interface Day {
  readonly date: string;
  readonly day: number;
  /** 1 is Monday. */
  readonly weekday: number;
}

const isoDate = (at: number): string => new Date(at).toISOString().slice(0, 10);

export function daysOfMonth(year: number, month: number): readonly Day[] {
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return Array.from({ length }, (_, at) => {
    const date = new Date(Date.UTC(year, month - 1, at + 1));
    return { date: isoDate(date.getTime()), day: at + 1, weekday: date.getUTCDay() === 0 ? 7 : date.getUTCDay() };
  });
}

class Board {
  readonly marks = new Map<string, Mark>();
  readonly #year: string;

  constructor(year: number) {
    this.#year = String(year).padStart(4, '0');
  }

  put(date: string, size: Mark['size'], name: string): void {
    if (!date.startsWith(this.#year)) return;
    const before = this.marks.get(date);
    const names = [...new Set([...(before?.names ?? []), name])];
    this.marks.set(date, { size: before?.size === 'whole' ? 'whole' : size, names });
  }

  /** A stretch of local readings, as if in UTC; its end does not belong to it. */
  stretch(from: number, to: number, name: string): void {
    for (let day = Math.floor(from / dayMs); day * dayMs < to; day += 1) {
      const isWhole = from <= day * dayMs && to >= (day + 1) * dayMs;
      this.put(isoDate(day * dayMs), isWhole ? 'whole' : 'part', name);
    }
  }
}

/** What the clock of a zone shows, read as if it stood in UTC. */
function readingOf(at: number, zone: string): number {
  try {
    const parts = new Intl.DateTimeFormat('en', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    }).formatToParts(at);
    const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value ?? 0);
    return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'));
  } catch {
    return at;
  }
}

const minutesOf = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** A local `MM-DDTHH:MM` in a year. */
function yearlyReading(year: number, text: string): number {
  const [month, day] = [Number(text.slice(0, 2)), Number(text.slice(3, 5))];
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate();
  return Date.UTC(year, month - 1, Math.min(day, last)) + minutesOf(text.slice(6)) * 60_000;
}

export function marksOf(draft: CalendarDraft, year: number): Marks {
  const board = new Board(year);
  if (draft.kind === 'holiday') markHolidays(board, draft, year);
  else markBlackouts(board, draft, year);
  return board.marks;
}

const daysOfYear = (year: number): readonly Day[] =>
  Array.from({ length: 12 }, (_, at) => daysOfMonth(year, at + 1)).flat();

function markHolidays(board: Board, { holidays, workingWeekdays, closeDaysOff }: CalendarDraft, year: number): void {
  const daysOff = closeDaysOff ? daysOfYear(year).filter(({ weekday }) => !workingWeekdays.includes(weekday)) : [];
  for (const { date } of daysOff) board.put(date, 'whole', 'Day off');
  for (const { date, name, closed_from: from } of holidays) {
    const full = date.length === 5 ? `${String(year).padStart(4, '0')}-${date}` : date;
    const isPart = from !== null && from !== undefined && from !== '00:00';
    board.put(full, isPart ? 'part' : 'whole', isPart ? `${name}, from ${from}` : name);
  }
}

function markBlackouts(board: Board, { ranges, weekly, yearly, timezone }: CalendarDraft, year: number): void {
  for (const { from, to, name } of ranges)
    board.stretch(readingOf(Date.parse(from), timezone), readingOf(Date.parse(to), timezone), name);
  for (const { weekdays, from, to, name } of weekly)
    for (const { date } of daysOfYear(year).filter(({ weekday }) => weekdays.includes(weekday))) {
      const start = Date.parse(`${date}T00:00:00Z`) + minutesOf(from) * 60_000;
      board.stretch(start, start + minutesBetween(from, to) * 60_000, name);
    }
  for (const { from, to, name } of yearly)
    for (const first of [year - 1, year]) {
      const start = yearlyReading(first, from);
      const end = yearlyReading(first, to);
      board.stretch(start, end > start ? end : yearlyReading(first + 1, to), name);
    }
}

/** Over midnight where the end is not after the beginning. */
function minutesBetween(from: string, to: string): number {
  const length = minutesOf(to) - minutesOf(from);
  return length > 0 ? length : length + 1440;
}
