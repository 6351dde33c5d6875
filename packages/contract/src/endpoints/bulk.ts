/** One act on many jobs or runs. */
import { endpoint } from '../endpoint.ts';
import { BulkResult, JobsBulkRequest, RunsBulkRequest } from '../shapes/bulk.ts';

export const bulkEndpoints = {
  bulkJobs: endpoint({
    method: 'POST',
    path: '/api/jobs/bulk',
    access: 'operator',
    tag: 'Jobs',
    summary: 'Pause, resume, run, delete or restore many jobs; all but running them needs an editor.',
    body: JobsBulkRequest,
    status: 200,
    answer: BulkResult,
  }),
  bulkRuns: endpoint({
    method: 'POST',
    path: '/api/runs/bulk',
    access: 'operator',
    tag: 'Runs',
    summary: 'Cancel many runs, or run many again.',
    body: RunsBulkRequest,
    status: 200,
    answer: BulkResult,
  }),
} as const;
