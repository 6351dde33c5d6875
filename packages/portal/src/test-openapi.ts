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

/** What the document says differently of an answer; null when it says the same. */
export function differs(
  document: OpenApi,
  answer: { readonly method: string; readonly path: string; readonly status: number; readonly text: string },
): string | null {
  const template = templateOf(document, answer.path);
  const operation = template === undefined ? undefined : document.paths[template]?.[answer.method.toLowerCase()];
  if (operation === undefined) return `${answer.method} ${answer.path} is not in the document`;
  const response = operation.responses[String(answer.status)];
  if (answer.status === 204) return answer.text === '' ? null : 'a body where there is none';
  const schema = response?.content?.['application/json']?.schema;
  if (schema === undefined) return `${answer.method} ${template} says nothing of status ${answer.status}`;
  const read = z.fromJSONSchema(asJsonSchema(document, schema)).safeParse(JSON.parse(answer.text));
  return read.success ? null : `${answer.method} ${template}: ${z.prettifyError(read.error)}`;
}
