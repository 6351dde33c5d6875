/** Holds answers against the published OpenAPI document, and nothing else: not against the shapes it was made from. */
import { z } from 'zod';

type Schema = Parameters<typeof z.fromJSONSchema>[0];

export interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}
interface OpenApiOperation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> }>
  >;
}

/** The document's references as JSON Schema knows them. */
function asJsonSchema(document: OpenApi, schema: object): Schema {
  const whole = { $defs: document.components.schemas, ...schema };
  return JSON.parse(JSON.stringify(whole).replaceAll('#/components/schemas/', '#/$defs/')) as Schema;
}

/** The path of the document that an address belongs to: the one that names most of it. */
function templateOf(document: OpenApi, address: string): string | undefined {
  const [path = ''] = address.split('?');
  const steps = path.split('/');
  const fits = (template: string): boolean => {
    const named = template.split('/');
    return named.length === steps.length && named.every((step, at) => step.startsWith('{') || step === steps[at]);
  };
  return Object.keys(document.paths)
    .filter(fits)
    .toSorted((one, other) => one.split('{').length - other.split('{').length)[0];
}

function operationOf(document: OpenApi, method: string, address: string): OpenApiOperation | undefined {
  const template = templateOf(document, address);
  return template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()];
}

/** What the document says differently of an answer; null when it says the same. */
export function differs(
  document: OpenApi,
  { method, path, status, text }: { readonly method: string; path: string; status: number; text: string },
): string | null {
  const operation = operationOf(document, method, path);
  if (operation === undefined) return `${method} ${path} is not in the document`;
  if (status === 204) return text === '' ? null : 'a body where there is none';
  const schema = operation.responses[String(status)]?.content?.['application/json']?.schema;
  if (schema === undefined) return `${method} ${path} says nothing of status ${status}`;
  const read = z.fromJSONSchema(asJsonSchema(document, schema)).safeParse(JSON.parse(text));
  return read.success ? null : `${method} ${path}: ${z.prettifyError(read.error)}`;
}
