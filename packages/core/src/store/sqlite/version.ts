/** Versions of SQLite in which two connections that write and checkpoint together lose nothing, for a person. */
export const safeVersions = '3.51.3 or later (or 3.50.7, 3.44.6 and later in their lines)';

/** Whether a version as `sqlite_version()` tells it is one of {@link safeVersions}. */
export function isSafeVersion(version: string): boolean {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major !== 3) return major > 3;
  if (minor === 50) return patch >= 7;
  if (minor === 44) return patch >= 6;
  return minor > 51 || (minor === 51 && patch >= 3);
}
