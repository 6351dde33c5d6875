/** Whom jobs are shared with, and the teams of people. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { Uuid } from '../shapes/common.ts';
import { AccessQuery, JobAccess, Shares, SharesInput, TeamInput, TeamName, TeamShape } from '../shapes/sharing.ts';

const IdParams = z.strictObject({ id: Uuid });
const TeamParams = z.strictObject({ name: TeamName });

export const sharingEndpoints = {
  jobShares: endpoint({
    method: 'GET',
    path: '/api/jobs/{id}/shares',
    access: 'viewer',
    tag: 'Sharing',
    summary: 'Whose a job is, and whom it is shared with.',
    params: IdParams,
    status: 200,
    answer: Shares,
  }),
  shareJob: endpoint({
    method: 'PUT',
    path: '/api/jobs/{id}/shares',
    access: 'editor',
    tag: 'Sharing',
    summary:
      'Share a job with people, teams or everyone, or give it to somebody else. For its owner and administrators.',
    params: IdParams,
    body: SharesInput,
    status: 200,
    answer: Shares,
  }),
  jobAccess: endpoint({
    method: 'GET',
    path: '/api/jobs/{id}/access',
    access: 'viewer',
    tag: 'Sharing',
    summary: 'What a person may do to a job, and why. Of others: for its owner and administrators.',
    params: IdParams,
    query: AccessQuery,
    status: 200,
    answer: JobAccess,
  }),
  listTeams: endpoint({
    method: 'GET',
    path: '/api/teams',
    access: 'viewer',
    tag: 'Sharing',
    summary: 'Teams, by name.',
    status: 200,
    answer: z.object({ items: z.array(TeamShape) }),
  }),
  setTeam: endpoint({
    method: 'PUT',
    path: '/api/teams/{name}',
    access: 'admin',
    tag: 'Sharing',
    summary: 'Make a team, or change its name or members.',
    params: TeamParams,
    body: TeamInput,
    status: 200,
    answer: TeamShape,
  }),
  deleteTeam: endpoint({
    method: 'DELETE',
    path: '/api/teams/{name}',
    access: 'admin',
    tag: 'Sharing',
    summary: 'Remove a team; what was shared with it is shared with its members no longer.',
    params: TeamParams,
    status: 204,
    answer: null,
  }),
} as const;
