import type { Hook, Job } from 'job-trigger-contract';

type Fields = Record<string, unknown>;

/** Puts a value where a path leads, with the objects on the way. */
function put(into: Fields, path: string, value: unknown): void {
  const steps = path.split('.');
  const last = steps.pop() ?? '';
  let place = into;
  for (const step of steps) place = (place[step] ??= {}) as Fields;
  place[last] = value;
}

const examples: Readonly<Record<string, unknown>> = { number: 1.5, integer: 1, boolean: true };

/** Names of what a run of the job may be given. */
export function parametersOf({ parameters }: Pick<Job, 'parameters'>): readonly string[] {
  return parameters.map((parameter) => String(parameter['name']));
}

function exampleOf({ type, default: usual, choices }: Fields): unknown {
  const first: unknown = Array.isArray(choices) ? choices[0] : undefined;
  return usual ?? first ?? examples[String(type)] ?? 'text';
}

/** A body that gives each parameter a value, where the hook looks for it. */
export function sampleBody({ mapping }: Pick<Hook, 'mapping'>, { parameters }: Pick<Job, 'parameters'>): string {
  const body: Fields = {};
  for (const parameter of parameters) {
    const name = String(parameter['name']);
    const path = mapping === null ? undefined : mapping[name];
    if (mapping === null) body[name] = exampleOf(parameter);
    else if (path !== undefined) put(body, path, exampleOf(parameter));
  }
  return JSON.stringify(body);
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A message from a shell, with the secret in the variable `HOOK_SECRET`. */
export function curlOfHook(
  hook: Pick<Hook, 'mapping' | 'kind' | 'path'>,
  job: Pick<Job, 'parameters'>,
  origin: string,
): string {
  const body = quoted(sampleBody(hook, job));
  const address = `${origin}${hook.path}`;
  if (hook.kind === 'keyed') return `curl -fsS ${address} -H "Authorization: Bearer $HOOK_SECRET" -d ${body}`;
  return [
    `id=msg_$(openssl rand -hex 8); at=$(date +%s); body=${body}`,
    `key=$(printf %s "\${HOOK_SECRET#whsec_}" | base64 -d | od -An -v -tx1 | tr -d ' \\n')`,
    'signature=$(printf %s "$id.$at.$body" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | base64)',
    `curl -fsS ${address} -H "webhook-id: $id" -H "webhook-timestamp: $at" -H "webhook-signature: v1,$signature" -d "$body"`,
  ].join('\n');
}
