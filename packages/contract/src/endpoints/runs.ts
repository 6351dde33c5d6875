/** Runs and their output. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { pageOf, Uuid } from '../shapes/common.ts';
import { LogQuery, LogWindow, Run, RunAccepted, RunDetail, RunQuery, RunRequest } from '../shapes/run.ts';

const Id = z.strictObject({ id: Uuid });

export const runsEndpoints = {
  listRuns: endpoint({
    method: 'GET',
    path: '/api/runs',
    access: 'viewer',
    tag: 'Runs',
    summary: 'List runs, newest first.',
    query: RunQuery,
    status: 200,
    answer: pageOf(Run),
  }),
  getRun: endpoint({
    method: 'GET',
    path: '/api/runs/{id}',
    access: 'viewer',
    tag: 'Runs',
    summary: 'One run with its attempts.',
    params: Id,
    status: 200,
    answer: RunDetail,
  }),
  cancelRun: endpoint({
    method: 'POST',
    path: '/api/runs/{id}/cancel',
    access: 'operator',
    tag: 'Runs',
    summary: 'Cancel a waiting or live run.',
    params: Id,
    body: z.strictObject({ note: z.string().max(500).nullable().optional() }).optional(),
    status: 202,
    answer: RunAccepted,
  }),
  retryRun: endpoint({
    method: 'POST',
    path: '/api/runs/{id}/retry',
    access: 'operator',
    tag: 'Runs',
    summary: 'Run the same again, as a new run.',
    params: Id,
    body: z
      .strictObject({
        parameters: RunRequest.shape.parameters,
        note: RunRequest.shape.note,
        with_downstream: RunRequest.shape.with_downstream,
      })
      .optional(),
    repeatable: true,
    status: 202,
    answer: RunAccepted,
  }),
  runLog: endpoint({
    method: 'GET',
    path: '/api/runs/{id}/log',
    access: 'viewer',
    tag: 'Runs',
    summary: 'Output of a run: a window of its lines, or the lines that hold a text.',
    params: Id,
    query: LogQuery,
    status: 200,
    answer: LogWindow,
  }),
  getLog: endpoint({
    method: 'GET',
    path: '/api/logs/{id}',
    access: 'viewer',
    tag: 'Runs',
    summary: 'One run with its whole output, at most the last 10 MB of it.',
    params: Id,
    status: 200,
    answer: z.object({ run: Run, output: z.string(), cut_bytes: z.int() }),
  }),
} as const;
