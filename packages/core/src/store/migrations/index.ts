import { initial } from './0001-initial.ts';
import { calendars } from './0002-calendars.ts';
import { calendarFeeds } from './0003-calendar-feeds.ts';
import { counters } from './0004-counters.ts';
import type { Migration } from './migration.ts';

/** Every step there is, in order. */
export const migrations: readonly Migration[] = [initial, calendars, calendarFeeds, counters];

/** The schema this program works with. */
export const schemaVersion: number = migrations.length;
