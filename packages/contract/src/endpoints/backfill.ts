/** Runs for instants that have passed. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { Backfill, BackfillProgress, BackfillQuery, BackfillRequest } from '../shapes/backfill.ts';
import { Uuid } from '../shapes/common.ts';

const Id = z.strictObject({ id: Uuid });

export const backfillEndpoints = {
  backfill: endpoint({
    method: 'POST',
    path: '/api/jobs/{id}/backfill',
    access: 'operator',
    tag: 'Jobs',
    summary: 'Run instants that have passed; with dry_run only count them.',
    params: Id,
    body: BackfillRequest,
    repeatable: true,
    status: 202,
    answer: Backfill,
  }),
  backfillProgress: endpoint({
    method: 'GET',
    path: '/api/jobs/{id}/backfill',
    access: 'viewer',
    tag: 'Jobs',
    summary: 'How far a backfill is.',
    params: Id,
    query: BackfillQuery,
    status: 200,
    answer: BackfillProgress,
  }),
  cancelBackfill: endpoint({
    method: 'DELETE',
    path: '/api/jobs/{id}/backfill',
    access: 'operator',
    tag: 'Jobs',
    summary: 'Cancel the runs of a backfill that wait; those that live go on.',
    params: Id,
    query: BackfillQuery,
    status: 200,
    answer: z.object({ cancelled: z.int() }),
  }),
} as const;
