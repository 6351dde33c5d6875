/** The words and their shapes, free of everything else: what a page or a contract may know of core. */
export * from './calendar.ts';
export * from './email.ts';
export * from './id.ts';
export * from './instant.ts';
export * from './job.ts';
export * from './occurrence.ts';
export * from './reasons.ts';
export * from './run.ts';
export * from './schedule.ts';
export * from './settings.ts';
export * from './tree-words.ts';
export * from './worker.ts';
