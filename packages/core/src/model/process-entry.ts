/** From this length on the system refuses an entry (`NAME=value` with its end). */
const longestEntryBytes = 131_072;

/** Why a value cannot be handed to a process; null when it can. */
export function refuseValue(name: string, value: string): string | null {
  if (value.includes('\0')) return 'holds a NUL character, which no process can be given';
  const bytes = Buffer.byteLength(name) + Buffer.byteLength(value) + 2;
  return bytes >= longestEntryBytes
    ? `takes ${bytes} bytes; a process can be given ${longestEntryBytes - 1} at most`
    : null;
}
