import type { DemoFacts, DemoJob } from './demo-job.ts';
import { officeJobs } from './jobs-of-office.ts';
import { shopJobs } from './jobs-of-shop.ts';
import { systemsJobs } from './jobs-of-systems.ts';

/** The twenty jobs of a small bookshop with offices in Hong Kong, Berlin and New York. */
export function company(facts: DemoFacts): readonly DemoJob[] {
  return [...systemsJobs(facts), ...shopJobs(facts), ...officeJobs(facts)];
}
