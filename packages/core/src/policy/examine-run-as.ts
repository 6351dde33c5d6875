import type { RunAs } from '../model/run-user.ts';
import { good, type Finding, type InstallationState } from './finding.ts';

function namesOf(runAs: RunAs): string {
  if (runAs.kind === 'name') return runAs.name;
  if (runAs.kind === 'range') return `the users ${runAs.from} to ${runAs.to}, each run as one of its own`;
  return `the user ${runAs.uid}`;
}

/**
 * Never ill: for most installations it is as it should be, as whoever may write a job is trusted with the machine. But it
 * is said, as nobody sees it otherwise.
 */
export function examineRunAs({ runAs, isRoot }: InstallationState): Finding {
  if (runAs !== null) return good('run_as', `Jobs run as ${namesOf(runAs)}, and can write nothing of the worker’s.`);
  const who = isRoot ? 'root, as their worker is here' : 'the user of their worker';
  return good(
    'run_as',
    `Warning: jobs run as ${who}. They can write to the program, the settings, other runs’ folders and the journal. ` +
      'Where that matters, start the worker as root with worker.run_as (JOB_PORTAL_WORKER_RUN_AS), such as 61000-61099.',
  );
}
