/**
 * AWS Secrets Manager. The client comes only with the first use: most installations never need it, and have to install it
 * themselves (`@aws-sdk/client-secrets-manager`).
 */
import type * as SecretsManager from '@aws-sdk/client-secrets-manager';
import type { AwsSettings } from '../model/secret.ts';
import type { Clock } from '../system/clock.ts';

type Library = typeof SecretsManager;

interface Opened {
  readonly library: Library;
  readonly client: SecretsManager.SecretsManagerClient;
}

/** `name#field`, or an ARN; without a field the whole text is the value. */
const form = /^([A-Za-z0-9/_+=.@:-]{1,400})(?:#([A-Za-z0-9_.-]{1,90}))?$/;

/** Why this names nothing there; null when it does. */
export function refuseAwsName(reference: string): string | null {
  return form.test(reference) ? null : 'needs a name or an ARN, such as team/database#password';
}

const meaning: Readonly<Record<string, string>> = {
  ResourceNotFoundException: 'AWS Secrets Manager has nothing there.',
  AccessDeniedException: 'AWS refuses: this may not be read with the credentials that are used.',
  UnrecognizedClientException: 'AWS refuses the access key.',
  InvalidSignatureException: 'AWS refuses the secret access key.',
  ExpiredTokenException: 'AWS refuses credentials that have expired.',
  CredentialsProviderError: 'There are no credentials for AWS.',
  DecryptionFailure: 'AWS cannot open it: its key there is missing.',
  InvalidRequestException: 'AWS has it, but it is being deleted there.',
};

async function openClient(settings: AwsSettings): Promise<Opened> {
  const { region, endpoint, accessKeyId, secretAccessKey, timeoutMs } = settings;
  const library = await import('@aws-sdk/client-secrets-manager').catch((cause: unknown) => {
    const message = 'Its client is not installed: npm install @aws-sdk/client-secrets-manager@3.1162.0';
    throw new Error(message, { cause });
  });
  const hasKey = accessKeyId !== null && secretAccessKey !== null;
  const client = new library.SecretsManagerClient({
    region,
    maxAttempts: 2,
    ...(endpoint === null ? {} : { endpoint }),
    ...(hasKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
    requestHandler: { requestTimeout: timeoutMs, connectionTimeout: timeoutMs },
  });
  return { library, client };
}

function fieldOf(text: string, field: string): string {
  const data = asRecord(text);
  const value = data !== null && Object.hasOwn(data, field) ? data[field] : undefined;
  if (value === undefined) throw new Error(`Its value has no field ${field}.`);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function asRecord(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : null;
  } catch {
    return null;
  }
}

/** A sentence of our own: what the service answers may hold more than belongs into a log. */
function sentenceOf(error: unknown): string {
  const { name = 'Error', code } = error as { readonly name?: string; readonly code?: string };
  if (code !== undefined) return `AWS Secrets Manager is not reached: ${code}.`;
  return meaning[name] ?? `AWS Secrets Manager answered ${name}.`;
}

/** Reads by reference, with one client for all. Each reading @throws in a sentence that holds no value. */
export function awsReader(settings: AwsSettings, clock: Clock): (reference: string) => Promise<string> {
  let opening: Promise<Opened> | null = null;

  async function textOf(name: string): Promise<string | undefined> {
    const { library, client } = await (opening ??= openClient(settings));
    const stop = new AbortController();
    const cancel = clock.after(settings.timeoutMs, () => stop.abort());
    try {
      const command = new library.GetSecretValueCommand({ SecretId: name });
      return (await client.send(command, { abortSignal: stop.signal })).SecretString;
    } catch (cause) {
      if (stop.signal.aborted)
        throw new Error(`AWS Secrets Manager did not answer within ${settings.timeoutMs / 1000} s.`, { cause });
      throw new Error(sentenceOf(cause), { cause });
    } finally {
      cancel();
    }
  }

  return async (reference) => {
    const [, name, field] = form.exec(reference) ?? [];
    if (name === undefined) throw new Error(`'${reference}' is no name in AWS Secrets Manager.`);
    const text = await textOf(name);
    if (text === undefined) throw new Error('Its value is bytes, and no text.');
    return field === undefined ? text : fieldOf(text, field);
  };
}
