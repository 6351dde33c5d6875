/** What jobs may be made of. Plugins come from the configuration alone: nothing here adds one. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { JobTypeShape, Plugin } from '../shapes/job-type.ts';

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
} as const;
