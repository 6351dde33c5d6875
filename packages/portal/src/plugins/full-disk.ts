import type { FastifyInstance } from 'fastify';
import { JobTriggerError } from 'job-trigger-core';

const beginsSomething: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** What reads only, what ends something, and the way in: let through, as whoever makes room needs them. */
const letThrough =
  /^\/api\/(auth\/.*|schedules\/(preview|parse)|timeline\/what-if|retention\/run|jobs\/[^/]+\/deactivate|alerts\/([^/]+\/)?acknowledge|runs\/[^/]+\/cancel)$/;

/** Answers 507 to what would take up the room that results of live runs need. */
export function fullDisk(app: FastifyInstance, hasRoom: () => boolean): void {
  app.addHook('preHandler', (request, _reply, done) => {
    const path = request.url.split('?')[0] ?? '';
    const refused = beginsSomething.has(request.method) && path.startsWith('/api/') && !letThrough.test(path);
    if (refused && !hasRoom())
      throw new JobTriggerError(
        'no_space',
        'The disk of the data folder is full. Nothing new is begun until there is room; results of live runs are stored.',
      );
    done();
  });
}
