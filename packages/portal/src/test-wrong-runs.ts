/** Requests about what runs leave, and about what limits them, that are wrong. */
import { invalid, type WrongCall } from './test-wrong-call.ts';

const get = { method: 'GET' } as const;

const kept: readonly WrongCall[] = [
  {
    what: 'artifacts in a form that is none',
    ...get,
    path: '/api/runs/{job}/artifacts?format=tar',
    ...invalid,
    field: 'format',
    says: '"json"|"zip"',
  },
  {
    what: 'an artifact by its name',
    ...get,
    path: '/api/runs/{job}/artifacts/..%2Fsecret.key',
    ...invalid,
    field: 'artifact_id',
    says: 'UUID',
  },
  {
    what: 'a position among versions that is none',
    ...get,
    path: '/api/runs/{job}/artifacts/0198c2f0-0000-7000-8000-000000000001/versions?limit=0',
    ...invalid,
    field: 'limit',
    says: '>=1',
  },
];

const limits: readonly WrongCall[] = [
  {
    what: 'a queue that lets nothing live',
    method: 'PATCH',
    path: '/api/queues/default',
    body: { limit: 0 },
    ...invalid,
    field: 'limit',
    says: '>=1',
  },
  {
    what: 'half a run that holds a lock',
    method: 'PUT',
    path: '/api/locks/licence',
    body: { count: 1.5 },
    ...invalid,
    field: 'count',
    says: 'expected int',
  },
  {
    what: 'a limit of the system that is a word',
    method: 'PATCH',
    path: '/api/limits',
    body: { system: 'many' },
    ...invalid,
    field: 'system',
    says: 'expected number',
  },
  {
    what: 'a limit of a person that is absent',
    method: 'PUT',
    path: '/api/limits/people/mei@example.org',
    body: {},
    ...invalid,
    field: 'limit',
    says: 'expected number',
  },
];

/** What a run runs is its job's: whoever may start one brings declared values and nothing else. */
const supplied = ['config', 'env', 'command', 'interpreter', 'working_dir', 'worker_labels'].map(
  (field): WrongCall => ({
    what: `a run with ${field} of the caller’s own (SEC-B2)`,
    path: '/api/jobs/{job}/run',
    body: { parameters: { count: 1 }, [field]: {} },
    ...invalid,
    field,
    says: 'not known',
  }),
);

export const wrongOfRuns: readonly WrongCall[] = [...kept, ...limits, ...supplied];
