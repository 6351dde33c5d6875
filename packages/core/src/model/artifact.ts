/** Files that attempts leave behind to be kept. */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';

/** One file of one attempt. Its id and `createdAt` name its bytes where they are kept; its own name never does. */
export interface Artifact {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly runId: Id;
  readonly runCreatedAt: Instant;
  readonly jobId: Id;
  readonly attempt: number;
  /** Relative path with forward slashes, in normal form C. The same name over runs of a job forms versions. */
  readonly name: string;
  /** Told by the name alone, such as `text/csv`. */
  readonly type: string;
  readonly bytes: number;
  /** In hexadecimal; null when its bytes were not kept. */
  readonly sha256: string | null;
  readonly crc32: number | null;
  /** Why its bytes were not kept; null when they are. */
  readonly problem: string | null;
  /** Null: kept as long as its run. */
  readonly expiresAt: Instant | null;
}

/** What a job says about its artifacts. Null takes the installation's setting. */
export interface ArtifactPolicy {
  /** Versions of one name, of which the oldest go. */
  readonly keep: number | null;
  /** At most as long as the run is kept. */
  readonly days: number | null;
  /** Files of one attempt. */
  readonly maxFiles: number | null;
  /** Bytes of one attempt, all files together. */
  readonly maxBytes: number | null;
}

export interface ArtifactSettings {
  /** Versions of one name of a job; null is no limit. Default null. */
  readonly keep: number | null;
  /** Null: as long as the run. Default null. */
  readonly days: number | null;
  /** Files of one attempt. Default 100. */
  readonly maxFiles: number;
  /** Bytes of one attempt, all files together. Default 1 073 741 824. */
  readonly maxBytes: number;
  /** Where they are kept; null is the data folder. Default null. */
  readonly s3: S3Settings | null;
}

/** A bucket of a store that speaks the S3 protocol. */
export interface S3Settings {
  /** Null is Amazon's of the region. */
  readonly endpoint: string | null;
  readonly region: string;
  readonly bucket: string;
  /** Put before every key, such as `jtp/`; may be empty. */
  readonly prefix: string;
  /** Both null: as the environment of the process says. */
  readonly accessKeyId: string | null;
  readonly secretAccessKey: string | null;
  /** The bucket in the path of the address, not in its host name. Default true with an endpoint of one's own. */
  readonly pathStyle: boolean;
}

export const defaultArtifactSettings: ArtifactSettings = {
  keep: null,
  days: null,
  maxFiles: 100,
  maxBytes: 1_073_741_824,
  s3: null,
};

const dayMs = 86_400_000;

/** What holds for the artifacts of one job. */
export function artifactRules(
  settings: ArtifactSettings,
  policy: ArtifactPolicy | null | undefined,
): Omit<ArtifactSettings, 's3'> {
  return {
    keep: policy?.keep ?? settings.keep,
    days: policy?.days ?? settings.days,
    maxFiles: policy?.maxFiles ?? settings.maxFiles,
    maxBytes: policy?.maxBytes ?? settings.maxBytes,
  };
}

/** When an artifact that is kept now has had its days. */
export function artifactExpiry(now: Instant, days: number | null): Instant | null {
  return days === null ? null : now + days * dayMs;
}
