/** The two answers to words: a schedule, or a question with choices. */
import { JobTriggerError } from '../errors.ts';
import type { Instant } from '../model/instant.ts';
import type { Rule, ScheduleSpec } from '../model/schedule.ts';
import { describe } from './describe.ts';
import { checkSchedule } from './validate.ts';

export interface Understood {
  readonly kind: 'understood';
  readonly spec: ScheduleSpec;
  /** What was understood, in words. */
  readonly description: string;
  /** Of a crontab line: what it runs, and as whom. */
  readonly command: string | null;
  readonly user: string | null;
}
export interface AskedBack {
  readonly kind: 'asked';
  readonly question: string;
  readonly choices: readonly { readonly label: string; readonly text: string }[];
}
export interface WordsContext {
  readonly now: Instant;
  /** Zone of words that name none. */
  readonly timezone: string;
}

export function refuse(message: string): JobTriggerError {
  return new JobTriggerError('schedule_invalid', `text: ${message}`, { fields: [{ path: 'text', message }] });
}

export function ask(question: string, choices: readonly (readonly [label: string, text: string])[]): AskedBack {
  return { kind: 'asked', question, choices: choices.map(([label, text]) => ({ label, text })) };
}

export function understood(rule: Rule & Partial<ScheduleSpec>, timezone: string): Understood {
  const spec: ScheduleSpec = { ...rule, timezone };
  checkSchedule(spec);
  return { kind: 'understood', spec, description: describe(spec), command: null, user: null };
}
