import { configShapes, endpoints, Problem, StreamHint, type Access, type Endpoint } from 'job-trigger-contract';
import { anchor, code, page, table } from './markdown.ts';
import { fieldTable, schemaOf, typeText, type Schema } from './shape.ts';

const callers: Readonly<Record<Access, string>> = {
  open: 'anybody',
  viewer: 'anyone signed in',
  operator: 'an operator',
  editor: 'an editor',
  admin: 'an administrator',
};

/** Shapes with a name, collected while the page is written. */
class Shapes {
  readonly #found = new Map<string, Schema>();

  /** Takes what `schema` defines beside itself. */
  collect(schema: Schema): Schema {
    for (const [name, shape] of Object.entries(schema.$defs ?? {})) this.#found.set(name, shape);
    return schema;
  }

  get(name: string): Schema | undefined {
    return this.#found.get(name);
  }

  get all(): readonly (readonly [string, Schema])[] {
    return [...this.#found]
      .filter(([name]) => name !== 'Instant' && name !== 'Uuid')
      .sort(([a], [b]) => a.localeCompare(b));
  }
}

function bodyText(schema: Schema): string {
  const object = schema.properties !== undefined;
  return object ? `Body:\n\n${fieldTable(schema, { marks: true })}` : `Body: ${typeText(schema)}.`;
}

function answerText({ status, answer }: Endpoint, shapes: Shapes): string {
  if (answer === null) return `Answers ${status} without a body.`;
  const schema = shapes.collect(schemaOf(answer, 'output'));
  const items = schema.properties?.['next_cursor'] === undefined ? undefined : schema.properties['items']?.items;
  return items === undefined
    ? `Answers ${status}: ${typeText(schema)}.`
    : `Answers ${status}: a [page](#lists) of ${typeText(items)}.`;
}

function endpointText(name: string, endpoint: Endpoint, shapes: Shapes): string {
  const { method, path, access, summary, query, body } = endpoint;
  const querySchema = query === undefined ? null : shapes.collect(schemaOf(query, 'input'));
  const bodySchema = body === undefined ? null : shapes.collect(schemaOf(body, 'input'));
  return [
    `### ${method} ${path}`,
    `${summary} For ${callers[access]}. In the typed client: ${code(name)}.`,
    querySchema === null ? '' : `Query:\n\n${fieldTable(querySchema, { marks: true })}`,
    bodySchema === null ? '' : bodyText(bodySchema),
    answerText(endpoint, shapes),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function shapeText(name: string, schema: Schema): string {
  const marks = /Request|Patch|Input|config/.test(name);
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants === undefined) return `### ${name}\n\n${fieldTable(schema, { marks })}`;
  const parts = variants.map((variant) => {
    const kind = String(variant.properties?.['kind']?.const ?? '');
    const { kind: _kind, ...rest } = variant.properties ?? {};
    const fields =
      Object.keys(rest).length === 0 ? 'No other field.' : fieldTable({ ...variant, properties: rest }, { marks });
    return `\`kind\` is ${code(kind)}:\n\n${fields}`;
  });
  return [`### ${name}`, ...parts].join('\n\n');
}

const outside = table(
  ['path', 'tells'],
  [
    ['`GET /api/openapi.json`', 'All of this as OpenAPI 3.1, for anybody. Readable at `/api/docs`.'],
    [
      '`GET /api/stream`',
      'Server-sent events for anyone signed in: `hello`, `hint` ([StreamHint](#streamhint)), `resync`.',
    ],
  ],
);

export function restPage(): string {
  const shapes = new Shapes();
  const tags = Map.groupBy(Object.entries(endpoints), ([, { tag }]) => tag);
  const sections = [...tags].map(
    ([tag, named]) =>
      `## ${tag}\n\n${named.map(([name, endpoint]) => endpointText(name, endpoint, shapes)).join('\n\n')}`,
  );
  for (const shape of [Problem, StreamHint]) shapes.collect({ $defs: { [shape.meta()?.id ?? '']: named(shape) } });
  const index = Object.values(endpoints).map(({ method, path, access, summary }) => [
    `[${method} ${path}](#${anchor(`${method} ${path}`)})`,
    callers[access],
    summary,
  ]);
  const configs = Object.entries(configShapes).map(([type, shape]) =>
    shapeText(`config of ${type}`, schemaOf(shape, 'input')),
  );
  return page('REST', 'packages/contract/src', [
    `JSON, \`snake_case\`, instants in UTC with \`Z\`, lengths of time in \`…_seconds\`. Sign in with\n[POST /api/auth/login](#${anchor('POST /api/auth/login')}) and send the token as \`Authorization: Bearer TOKEN\`. In a change an absent field stays and \`null\`\nclears. A field that is unknown is refused. [How to use it with curl](../how-to/use-the-api.md).`,
    `## Paths\n\n${table(['path', 'for', 'does'], index)}\n\nBeside the table:\n\n${outside}`,
    '## Failures\n\nEvery answer that is not 2xx is a [Problem](#problem) (RFC 9457). Its `code` is one of [these](errors.md); `errors` names the fields\nat fault by path.',
    '## Lists\n\nA page has `items`, `limit`, and `next_cursor`, which is `null` at the end and is sent as `cursor` for the next page.',
    ...sections,
    `## Shapes\n\n${shapes.all.map(([name, schema]) => shapeText(name, schema)).join('\n\n')}\n\n${configs.join('\n\n')}`,
  ]);
}

/** The shape itself, where `schemaOf` answers only a reference to it. */
function named(shape: Parameters<typeof schemaOf>[0]): Schema {
  const schema = schemaOf(shape, 'output');
  const id = shape.meta()?.id ?? '';
  return schema.$defs?.[id] ?? schema;
}
