/** The jobs that a type asks for by itself: one for each thing it watches, kept in step with what its plugin lists. */
import { createHash } from 'node:crypto';

/** What a plugin is asked with. */
export interface ProvisionContext {
  /** Whose jobs are asked for; null for those of the installation. */
  readonly ownerId: string | null;
  /** Aborted when the answer takes too long. */
  readonly signal: AbortSignal;
}

/** One job that a plugin wants there to be. */
export interface WantedJob {
  /** What the job is about, in the plugin's own words. It stays: the job is found again by it. */
  readonly subject: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly description?: string | null;
  readonly tags?: readonly string[];
  /** As they travel over REST. Absent: the default of the type; an empty list: none. */
  readonly schedules?: readonly Readonly<Record<string, unknown>>[];
}

/** Every job that there is to be for this owner. What it listed before and lists no more is removed. */
export type Provision = (context: ProvisionContext) => Promise<readonly WantedJob[]> | readonly WantedJob[];

const mostJobs = 1000;
const longestSubject = 200;

type Raw = Readonly<Record<string, unknown>>;
const isRecord = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';

/** What is wrong with a plugin's list, one sentence a fault; none when it can be used. The jobs are checked as people's are. */
export function wantedFaults(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return ['must be a list of jobs'];
  if (list.length > mostJobs) return [`lists ${list.length} jobs; ${mostJobs} are the most`];
  const subjects = new Set<unknown>();
  return (list as readonly unknown[]).flatMap((job, at) => {
    if (!isRecord(job)) return [`${at}: must be an object`];
    const faults = jobFaults(job);
    if (subjects.has(job['subject'])) faults.push('subject: stands twice in the list');
    subjects.add(job['subject']);
    return faults.map((fault) => `${at}.${fault}`);
  });
}

const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isRecords = (value: unknown): boolean => Array.isArray(value) && value.every(isRecord);

/** What each field must be; one that may be left out is then as good as given. */
const fields: Readonly<Record<string, readonly [is: (value: unknown) => boolean, must: string]>> = {
  subject: [
    (value) => isText(value) && value.length <= longestSubject,
    `must be a text of 1 to ${longestSubject} characters`,
  ],
  name: [isText, 'must be a text that says something'],
  config: [isRecord, 'must be an object'],
  description: [
    (value) => value === undefined || value === null || typeof value === 'string',
    'must be a text or null',
  ],
  tags: [(value) => value === undefined || isTexts(value), 'must be a list of texts'],
  schedules: [(value) => value === undefined || isRecords(value), 'must be a list of objects'],
};

function jobFaults(job: Raw): string[] {
  const known = Object.keys(fields);
  const unknown = Object.keys(job).filter((word) => !known.includes(word));
  return [
    ...unknown.map((word) => `${word}: is not understood; ${known.join(', ')} are`),
    ...Object.entries(fields).flatMap(([name, [is, must]]) => (is(job[name]) ? [] : [`${name}: ${must}`])),
  ];
}

/** The same for the same wish, whatever the order of its fields: what was applied last is told from it. */
export function fingerprintOf(wanted: WantedJob): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(wanted)))
    .digest('hex')
    .slice(0, 32);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((name) => [name, sorted(value[name])]),
  );
}
