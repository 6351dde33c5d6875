/** What is wrong with the secrets that a job names, before it is known whether they are there. Pure. */
import type { FieldError } from '../errors.ts';
import { refuseVariable } from '../handlers/environment.ts';
import { hasBuiltInType, type JobDefinition } from '../model/job.ts';
import { mostSecretsOfJob, secretNamePattern, secretsNamedIn, type SecretReferences } from '../model/secret.ts';

const variable = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

/** Whether they are there, and whether the job may use them, is found out when it is saved. */
export function faultsOfSecrets(definition: JobDefinition): readonly FieldError[] {
  const given = definition.secrets ?? {};
  const own = 'env' in definition.config ? (definition.config.env as Readonly<Record<string, string>>) : {};
  const tooMany =
    Object.keys(given).length > mostSecretsOfJob
      ? [{ path: 'secrets', message: `names more than ${mostSecretsOfJob}` }]
      : [];
  const ofEach = Object.entries(given).flatMap(([name, secret]) =>
    faultsOfOne(name, secret, own).map((message) => ({ path: `secrets.${name}`, message })),
  );
  return [...tooMany, ...ofEach, ...faultsOfPlaceholders(definition, given)];
}

function faultsOfOne(name: string, secret: string, own: Readonly<Record<string, string>>): readonly string[] {
  const faults: string[] = [];
  const refusal = refuseVariable(name);
  if (refusal !== null && !refusal.adminOnly) faults.push(refusal.message);
  else if (!variable.test(name)) faults.push('is not letters, digits and _, beginning with a letter');
  if (Object.hasOwn(own, name)) faults.push('is set in config.env, too');
  if (!secretNamePattern.test(secret)) faults.push(`'${secret.slice(0, 40)}' is no name of a secret`);
  return faults;
}

/** Of HTTP jobs: in headers and body, and only what the job names. */
function faultsOfPlaceholders(definition: JobDefinition, given: SecretReferences): readonly FieldError[] {
  if (!hasBuiltInType(definition) || definition.type !== 'http') return [];
  const { url, headers, body } = definition.config;
  const inUrl =
    secretsNamedIn(url).length > 0
      ? [{ path: 'config.url', message: 'cannot hold a secret: addresses show in logs. Use a header or the body' }]
      : [];
  const texts = [
    ...Object.entries(headers).map(([name, text]) => [`config.headers.${name}`, text] as const),
    ['config.body', body ?? ''] as const,
  ];
  const unknown = texts.flatMap(([path, text]) =>
    secretsNamedIn(text)
      .filter((name) => !Object.hasOwn(given, name))
      .map((name) => ({ path, message: `${name} is none of the job's secrets` })),
  );
  return [...inUrl, ...unknown];
}
