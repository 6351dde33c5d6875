import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { secretToCore, secretToWire, secretValueToCore } from 'job-trigger-contract/mapping';
import { secretProviders, type SecretSaved } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

const savedToWire = ({ warnings, ...view }: SecretSaved) => ({ ...secretToWire(view), warnings: [...warnings] });

/** Values come in by these routes, and none goes out. */
export function secretRoutes(app: FastifyInstance, { operations }: PortalOptions): void {
  const { secrets } = operations;
  const idOf = ({ id }: { readonly id: string }): number => referenceOf(id, 'secret').id;

  serve(app, endpoints.listSecrets, async ({ actor }) => ({
    items: (await secrets.list(actor)).map(secretToWire),
    providers: secretProviders.map((provider) => ({ provider, off: secrets.refusal(provider) })),
  }));
  serve(app, endpoints.createSecret, async ({ body, actor }) =>
    savedToWire(await secrets.create(secretToCore(body), actor)),
  );
  serve(app, endpoints.rotateSecret, async ({ params, body, actor }) =>
    savedToWire(await secrets.rotate(idOf(params), secretValueToCore(body), actor)),
  );
  serve(app, endpoints.deleteSecret, async ({ params, actor }) => {
    await secrets.remove(idOf(params), actor);
    return undefined;
  });
  serve(app, endpoints.testSecret, ({ params, actor }) => secrets.test(idOf(params), actor));
  serve(app, endpoints.maskLine, async ({ body, actor }) => {
    const { masked, unread } = await secrets.mask(body.line, actor);
    return { masked, unread: [...unread] };
  });
  serve(app, endpoints.installationKey, async () => {
    const { keyId, source, formerKeys, toReseal, hosts, problem } = await secrets.keyState();
    return { key_id: keyId, source, former_keys: formerKeys, to_reseal: toReseal, hosts: [...hosts], problem };
  });
  serve(app, endpoints.rotateInstallationKey, async ({ actor }) => {
    const { keyId, isNew, resealed } = await secrets.rotateKey(actor);
    return { key_id: keyId, is_new: isNew, resealed };
  });
}
