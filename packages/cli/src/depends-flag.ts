import { Option } from 'commander';
import type { Client, JobInput } from 'job-trigger-contract';
import { wrongFlag } from './exit-status.ts';
import { findJob } from './find-job.ts';

const modes = ['all_success', 'any_success', 'all_complete'] as const;

export interface DependsFlags {
  readonly dependsOn?: string;
  readonly mode?: (typeof modes)[number];
}

export const dependsOptions = (): readonly [jobs: Option, mode: Option] => [
  new Option('--depends-on <jobs>', 'what it waits for: names or ids, with commas between them'),
  new Option('--mode <mode>', 'with --depends-on: when they satisfy it').choices([...modes]),
];

/** What the flags say of it; nothing where they say nothing. */
export async function dependsOnOf(
  client: Client,
  { dependsOn, mode }: DependsFlags,
): Promise<Pick<Partial<JobInput>, 'depends_on'>> {
  if (dependsOn === undefined) {
    if (mode !== undefined) throw wrongFlag('--mode', 'It says when the jobs of --depends-on satisfy it.');
    return {};
  }
  const jobs: string[] = [];
  for (const name of dependsOn.split(',')) jobs.push((await findJob(client, name.trim())).id);
  return { depends_on: { jobs, ...(mode === undefined ? {} : { mode }) } };
}
