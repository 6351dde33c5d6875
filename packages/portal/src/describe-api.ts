import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyInstance } from 'fastify';
import {
  jsonSchemaTransform,
  jsonSchemaTransformObject,
  serializerCompiler,
  validatorCompiler,
} from 'fastify-type-provider-zod';
import { endpoints } from 'job-trigger-contract';
import { JobTriggerError } from 'job-trigger-core';
import { schemaOf, urlOf } from './route.ts';

/** An app that knows every endpoint's shapes and answers for none of them: only its `swagger()` and its pages are used. */
export async function describeApi(version: string): Promise<FastifyInstance> {
  const app = Fastify({ logger: false });
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  await app.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title: 'Job Trigger Portal', version } },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  });
  // The portal's own content policy holds, as on every page; and no picture is fetched from elsewhere to say that this is valid.
  await app.register(swaggerUi, { routePrefix: '/api/docs', uiConfig: { validatorUrl: null } });
  for (const endpoint of Object.values(endpoints)) {
    app.route({
      method: endpoint.method,
      url: urlOf(endpoint),
      schema: schemaOf(endpoint),
      handler: () => {
        throw new JobTriggerError('internal', 'This app only describes.');
      },
    });
  }
  await app.ready();
  return app;
}
