import type { FastifyInstance, FastifyRequest } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { scriptEditingToWire, scriptFileToWire } from 'job-trigger-contract/mapping';
import { describeScript, formatInstant, invalidField, listScripts, toUuid, type Actor } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { serve } from '../route.ts';

/** `"<SHA-256>"` in `If-Match`: what the caller looked at. @throws `invalid` without one */
function expectedHash({ headers }: Pick<FastifyRequest, 'headers'>): string {
  const hash = /^"([0-9a-f]{64})"$/.exec(headers['if-match'] ?? '')?.[1];
  if (hash === undefined)
    throw invalidField('If-Match', 'must be the quoted SHA-256 of what the script held, as it was read');
  return hash;
}

/** @throws `invalid` for what is no base64: bytes that were not meant would run */
function bytesOf({ content, encoding }: { readonly content: string; readonly encoding: 'text' | 'base64' }): Buffer {
  if (encoding === 'text') return Buffer.from(content, 'utf8');
  const bytes = Buffer.from(content, 'base64');
  if (bytes.toString('base64') !== content)
    throw invalidField('content', 'must be base64, with its padding and nothing else');
  return bytes;
}

/** Files of the scripts folder. */
export function scriptFileRoutes(app: FastifyInstance, { operations, store, config }: PortalOptions): void {
  const { scriptFiles } = operations;
  const { scriptsDir, allowedExtensions, scriptMaxBytes } = config.values;

  const fileOf = async (path: string, actor: Actor) =>
    scriptFileToWire(await scriptFiles.read(path, actor), {
      editing: await scriptFiles.editing(),
      required: operations.scripts.required,
    });

  async function usesByPath(): Promise<(path: string) => number> {
    const uses = Map.groupBy(await store.scripts.uses(), ({ path }) => path);
    return (path) => uses.get(path)?.length ?? 0;
  }

  serve(app, endpoints.listScripts, async ({ query, actor }) => {
    const approvals = operations.scripts.required ? await operations.scripts.list(actor) : [];
    const standings = new Map(approvals.map(({ file, standing }) => [file.path, { id: toUuid(file), standing }]));
    const found = listScripts(scriptsDir, { allowedExtensions, maxBytes: scriptMaxBytes });
    const usesOf = query.jobs === true ? await usesByPath() : () => null;
    return {
      folder: scriptsDir,
      editing: scriptEditingToWire(await scriptFiles.editing()),
      items: found.map((script) => ({
        path: script.path,
        bytes: script.bytes,
        modified_at: formatInstant(script.modifiedAt),
        description: describeScript(script.file),
        approval: standings.get(script.path) ?? null,
        jobs: usesOf(script.path),
      })),
    };
  });

  serve(app, endpoints.readScript, ({ query, actor }) => fileOf(query.path, actor));

  serve(app, endpoints.scriptVersion, async ({ query, actor }) => {
    const { path, number } = query;
    const { version, content } = await scriptFiles.version(path, number, actor);
    const text = content.toString('utf8');
    const isText = Buffer.from(text, 'utf8').equals(content);
    const told = isText
      ? { content: text, encoding: 'text' as const }
      : { content: content.toString('base64'), encoding: 'base64' as const };
    return { path, number, sha256: version.hash, ...told };
  });

  serve(app, endpoints.createScript, async ({ body, actor }) => {
    await scriptFiles.create({ path: body.path, content: bytesOf(body) }, actor);
    return fileOf(body.path, actor);
  });

  serve(app, endpoints.writeScript, async ({ query: { path }, body, request, actor }) => {
    await scriptFiles.write({ path, hash: expectedHash(request), content: bytesOf(body) }, actor);
    return fileOf(path, actor);
  });

  serve(app, endpoints.deleteScript, async ({ query: { path, force }, request, actor }) => {
    await scriptFiles.remove({ path, hash: expectedHash(request) }, { force: force === true }, actor);
    return undefined;
  });
}
