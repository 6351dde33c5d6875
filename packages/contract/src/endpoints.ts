/** Every path of the API: the one place where one is named. Arranged as a person would look for it. */
import { z } from 'zod';
import { endpoint } from './endpoint.ts';
import { pageOf, PageQuery, QueryFlag, Uuid } from './shapes/common.ts';
import { Job, JobInput, JobPatch, JobQuery, JobVersion, LedgerEntry, PauseRequest } from './shapes/job.ts';
import { LoginRequest, Session, SetupRequest, Tokens } from './shapes/people.ts';
import { LogQuery, LogWindow, Run, RunAccepted, RunDetail, RunQuery, RunRequest } from './shapes/run.ts';
import { Preview, PreviewRequest } from './shapes/schedule.ts';
import { Health, SchedulerShape, Script, ShortHealth, Worker } from './shapes/system.ts';

const Id = z.strictObject({ id: Uuid });
const Paging = z.strictObject(PageQuery);

export const endpoints = {
  setup: endpoint({ method: 'POST', path: '/api/setup', access: 'open', tag: 'Sign-in', summary: 'Create the first administrator with the one-time token.', body: SetupRequest, status: 201, answer: Tokens }),
  login: endpoint({ method: 'POST', path: '/api/auth/login', access: 'open', tag: 'Sign-in', summary: 'Sign in with e-mail and password.', body: LoginRequest, status: 200, answer: Tokens }),
  logout: endpoint({ method: 'POST', path: '/api/auth/logout', access: 'viewer', tag: 'Sign-in', summary: 'End this sign-in.', status: 204, answer: null }),
  session: endpoint({ method: 'GET', path: '/api/auth/me', access: 'open', tag: 'Sign-in', summary: 'Who is signed in, and whether the installation still needs its set-up.', status: 200, answer: Session }),

  listJobs: endpoint({ method: 'GET', path: '/api/jobs', access: 'viewer', tag: 'Jobs', summary: 'List jobs.', query: JobQuery, status: 200, answer: pageOf(Job) }),
  createJob: endpoint({ method: 'POST', path: '/api/jobs', access: 'editor', tag: 'Jobs', summary: 'Create a job.', body: JobInput, status: 201, answer: Job }),
  getJob: endpoint({ method: 'GET', path: '/api/jobs/{id}', access: 'viewer', tag: 'Jobs', summary: 'One job.', params: Id, status: 200, answer: Job }),
  putJob: endpoint({ method: 'PUT', path: '/api/jobs/{id}', access: 'editor', tag: 'Jobs', summary: 'Change a job; absent fields stay, null clears.', params: Id, body: JobPatch, status: 200, answer: Job }),
  patchJob: endpoint({ method: 'PATCH', path: '/api/jobs/{id}', access: 'editor', tag: 'Jobs', summary: 'Change a job; absent fields stay, null clears.', params: Id, body: JobPatch, status: 200, answer: Job }),
  deleteJob: endpoint({ method: 'DELETE', path: '/api/jobs/{id}', access: 'editor', tag: 'Jobs', summary: 'Delete a job; it can be restored for 30 days unless purged.', params: Id, query: z.strictObject({ purge: QueryFlag.optional(), cancel_running: QueryFlag.optional() }), status: 204, answer: null }),
  restoreJob: endpoint({ method: 'POST', path: '/api/jobs/{id}/restore', access: 'editor', tag: 'Jobs', summary: 'Bring a deleted job back.', params: Id, status: 200, answer: Job }),
  runJob: endpoint({ method: 'POST', path: '/api/jobs/{id}/run', access: 'operator', tag: 'Jobs', summary: 'Run a job now.', params: Id, body: RunRequest, status: 202, answer: RunAccepted }),
  activateJob: endpoint({ method: 'PATCH', path: '/api/jobs/{id}/activate', access: 'editor', tag: 'Jobs', summary: 'Resume a paused job.', params: Id, status: 200, answer: Job }),
  deactivateJob: endpoint({ method: 'PATCH', path: '/api/jobs/{id}/deactivate', access: 'editor', tag: 'Jobs', summary: 'Pause a job.', params: Id, body: PauseRequest.optional(), status: 200, answer: Job }),
  jobOccurrences: endpoint({ method: 'GET', path: '/api/jobs/{id}/occurrences', access: 'viewer', tag: 'Jobs', summary: 'The ledger of a job, newest first.', params: Id, query: Paging, status: 200, answer: pageOf(LedgerEntry) }),
  jobVersions: endpoint({ method: 'GET', path: '/api/jobs/{id}/versions', access: 'viewer', tag: 'Jobs', summary: 'Versions of a job, newest first.', params: Id, query: Paging, status: 200, answer: pageOf(JobVersion) }),

  listRuns: endpoint({ method: 'GET', path: '/api/runs', access: 'viewer', tag: 'Runs', summary: 'List runs, newest first.', query: RunQuery, status: 200, answer: pageOf(Run) }),
  getRun: endpoint({ method: 'GET', path: '/api/runs/{id}', access: 'viewer', tag: 'Runs', summary: 'One run with its attempts.', params: Id, status: 200, answer: RunDetail }),
  cancelRun: endpoint({ method: 'POST', path: '/api/runs/{id}/cancel', access: 'operator', tag: 'Runs', summary: 'Cancel a waiting or live run.', params: Id, body: z.strictObject({ note: z.string().max(500).nullable().optional() }).optional(), status: 202, answer: RunAccepted }),
  retryRun: endpoint({ method: 'POST', path: '/api/runs/{id}/retry', access: 'operator', tag: 'Runs', summary: 'Run the same again, as a new run.', params: Id, body: z.strictObject({ parameters: RunRequest.shape.parameters, note: RunRequest.shape.note }).optional(), status: 202, answer: RunAccepted }),
  runLog: endpoint({ method: 'GET', path: '/api/runs/{id}/log', access: 'viewer', tag: 'Runs', summary: 'Output of a run: a window of its lines, or the lines that hold a text.', params: Id, query: LogQuery, status: 200, answer: LogWindow }),

  preview: endpoint({ method: 'POST', path: '/api/schedules/preview', access: 'viewer', tag: 'Schedules', summary: 'Coming instants of a schedule, without saving it.', body: PreviewRequest, status: 200, answer: Preview }),

  listWorkers: endpoint({ method: 'GET', path: '/api/workers', access: 'viewer', tag: 'Operate', summary: 'Workers, and what they do.', query: z.strictObject({ all: QueryFlag.optional() }), status: 200, answer: z.object({ items: z.array(Worker) }) }),
  listSchedulers: endpoint({ method: 'GET', path: '/api/schedulers', access: 'viewer', tag: 'Operate', summary: 'Schedulers.', status: 200, answer: z.object({ items: z.array(SchedulerShape) }) }),
  listScripts: endpoint({ method: 'GET', path: '/api/scripts', access: 'viewer', tag: 'Operate', summary: 'Scripts in the scripts folder.', status: 200, answer: z.object({ folder: z.string(), items: z.array(Script) }) }),
  health: endpoint({ method: 'GET', path: '/api/health', access: 'open', tag: 'Operate', summary: 'Is it working; in full for those who are signed in.', status: 200, answer: Health }),
  live: endpoint({ method: 'GET', path: '/api/health/live', access: 'open', tag: 'Operate', summary: 'The process answers.', status: 200, answer: ShortHealth }),
  ready: endpoint({ method: 'GET', path: '/api/health/ready', access: 'open', tag: 'Operate', summary: 'The database answers.', status: 200, answer: ShortHealth }),
} as const;

export type Endpoints = typeof endpoints;
export type EndpointName = keyof Endpoints;
