/** What jobs may be made of. Plugins come from the configuration alone: nothing here adds one. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { Uuid } from '../shapes/common.ts';
import { Job } from '../shapes/job.ts';
import { JobTypeShape, Plugin, ProvisionOutcome, ProvisionRequest } from '../shapes/job-type.ts';

export const jobTypesEndpoints = {
  listJobTypes: endpoint({
    method: 'GET',
    path: '/api/job-types',
    access: 'viewer',
    tag: 'Jobs',
    summary: 'The types a job may have, each with the schema of its configuration.',
    status: 200,
    answer: z.object({ items: z.array(JobTypeShape) }),
  }),
  listPlugins: endpoint({
    method: 'GET',
    path: '/api/plugins',
    access: 'admin',
    tag: 'Operate',
    summary: 'The plugins that the configuration names, and why one of them cannot be used.',
    status: 200,
    answer: z.object({ items: z.array(Plugin) }),
  }),
  provision: endpoint({
    method: 'POST',
    path: '/api/plugins/provision',
    access: 'admin',
    tag: 'Operate',
    summary: 'Ask plugins for the jobs there are to be, and make it so; asked twice, the second time changes nothing.',
    body: ProvisionRequest,
    status: 200,
    answer: z.object({ items: z.array(ProvisionOutcome) }),
  }),
  detachJob: endpoint({
    method: 'POST',
    path: '/api/jobs/{id}/detach',
    access: 'editor',
    tag: 'Jobs',
    summary: 'Take over a job that a plugin asked for: the plugin changes and removes it no more.',
    params: z.strictObject({ id: Uuid }),
    status: 200,
    answer: Job,
  }),
} as const;
