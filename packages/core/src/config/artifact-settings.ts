/** Where files that jobs leave are kept, and for how long. */
import { JobTriggerError } from '../errors.ts';
import type { ArtifactSettings, S3Settings } from '../model/artifact.ts';
import { checkWebAddress } from './web-address.ts';

/** @throws `configuration_invalid` for an unknown store, or one without what it needs */
export function artifactSettings(get: <T>(key: string) => T): ArtifactSettings {
  const orNull = (value: number): number | null => (value === 0 ? null : value);
  return {
    keep: orNull(get('artifacts.keep')),
    days: orNull(get('artifacts.days')),
    maxFiles: get('artifacts.max_files'),
    maxBytes: get('artifacts.max_bytes'),
    s3: s3Settings(get),
  };
}

function s3Settings(get: <T>(key: string) => T): S3Settings | null {
  const wrong = (key: string, message: string): never => {
    throw new JobTriggerError('configuration_invalid', `${key}: ${message}`, { fields: [{ path: key, message }] });
  };
  const store = get<string>('artifacts.store');
  if (store === 'files') return null;
  if (store !== 's3') wrong('artifacts.store', `must be files or s3, found '${store}'`);
  const bucket = get<string | null>('artifacts.s3_bucket') ?? wrong('artifacts.s3_bucket', 'is needed by the store s3');
  const accessKeyId = get<string | null>('artifacts.s3_access_key_id');
  const secretAccessKey = get<string | null>('artifacts.s3_secret_access_key');
  if ((accessKeyId === null) !== (secretAccessKey === null))
    wrong('artifacts.s3_secret_access_key', 'stands with artifacts.s3_access_key_id, or neither does');
  const endpoint = get<string | null>('artifacts.s3_endpoint');
  checkWebAddress('artifacts.s3_endpoint', { value: endpoint, source: 'the settings' });
  return {
    endpoint,
    bucket,
    region: get('artifacts.s3_region'),
    prefix: get('artifacts.s3_prefix'),
    accessKeyId,
    secretAccessKey,
    pathStyle: endpoint !== null && get<boolean>('artifacts.s3_path_style'),
  };
}
