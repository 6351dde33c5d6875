/** Asking plugins for jobs, and taking over what none of them keeps. */
import type { WrongCall } from './test-wrong-call.ts';

export const wrongPlugins: readonly WrongCall[] = [
  {
    what: 'jobs of a plugin that is not there',
    path: '/api/plugins/provision',
    body: { types: ['nothing'] },
    status: 422,
    code: 'type_unknown',
    field: null,
    says: 'is not known',
  },
  {
    what: 'jobs of a type that asks for none',
    path: '/api/plugins/provision',
    body: { types: ['http'] },
    status: 409,
    code: 'conflict',
    field: null,
    says: 'asks for no jobs',
  },
  {
    what: 'taking over what no plugin keeps',
    path: '/api/jobs/{job}/detach',
    status: 409,
    code: 'conflict',
    field: null,
    says: 'is kept by no plugin',
  },
];
