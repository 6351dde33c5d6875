import type { RunQuery } from 'job-trigger-contract';
import { instantToCore } from 'job-trigger-contract/mapping';
import type { RunFilter } from 'job-trigger-core';
import type { z } from 'zod';
import { referenceOf } from './references.ts';

type Query = Omit<z.output<typeof RunQuery>, 'limit' | 'cursor'>;

/** Which runs a request asks for. @throws `not_found` for a job or worker that is none of ours, `invalid` for no instant */
export function runFilterOf(query: Query): RunFilter {
  return {
    ...(query.job_id === undefined ? {} : { jobId: referenceOf(query.job_id, 'job').id }),
    ...(query.state === undefined ? {} : { states: query.state }),
    ...(query.trigger === undefined ? {} : { triggers: query.trigger }),
    ...(query.reason === undefined ? {} : { reason: query.reason }),
    ...(query.worker_id === undefined ? {} : { workerId: referenceOf(query.worker_id, 'worker').id }),
    ...(query.from === undefined ? {} : { from: instantToCore(query.from, 'from') }),
    ...(query.to === undefined ? {} : { to: instantToCore(query.to, 'to') }),
  };
}
