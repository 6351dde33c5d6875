/** The job that every schedule of a round runs: it tells of itself in a file outside the product. */
import { readFileSync } from 'node:fs';
import type { Told } from './history.ts';

/**
 * Arguments: folder of the witness file, seconds to live, `ok`, `fail` or `flaky` (the first attempt fails), and `alone`
 * for an exclusive job. Such a job leaves its name at a resource and holds the resource's lock, as every process of its tree
 * does: the kernel takes it from the dead, whatever namespace they were in. Who comes next and does not get it says so, and
 * one that comes with a lower fence for the same run, too. Lines are appended whole.
 */
export const witnessScript = `#!/bin/sh
folder=$1 seconds=$2 how=$3 alone=$4
say() {
  read -r up _ </proc/uptime
  echo "$1 $JTP_RUN_ID $JTP_JOB_ID $JTP_OCCURRENCE_KEY $JTP_ATTEMPT $JTP_FENCE $$ $up $2 $3" >>"$folder/told"
}
say start
if [ "$alone" = alone ]; then
  resource=$folder/resource.$JTP_JOB_ID
  run= fence=0
  [ -f "$resource" ] && read -r run fence <"$resource"
  [ "$run" = "$JTP_RUN_ID" ] && [ "$fence" -ge "$JTP_FENCE" ] && say stale
  exec 9>>"$resource.lock"
  flock -n 9 || say overlap 0 "$run"
  echo "$JTP_RUN_ID $JTP_FENCE" >"$resource.$JTP_RUN_ID" && mv "$resource.$JTP_RUN_ID" "$resource"
fi
sleep "$seconds"
code=0
[ "$how" = fail ] && code=3
[ "$how" = flaky ] && [ "$JTP_ATTEMPT" = 1 ] && code=4
say end $code
exit $code
`;

/** The instant at which the machine's uptime was zero. */
export function bootInstant(now: number = Date.now()): number {
  return now - Number(readFileSync('/proc/uptime', 'latin1').split(' ')[0]) * 1000;
}

/** Every whole line of a witness file. */
export function readWitness(path: string, bootAt: number): Told[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => toldIn(line, bootAt) ?? []);
}

const kinds = ['start', 'end', 'overlap', 'stale'] as const;

/** Null for a line that was cut off. */
function toldIn(line: string, bootAt: number): Told | null {
  const [said, runId = '', jobId = '', key = '', attempt, fence, pid, up, code, other] = line.split(' ');
  const kind = kinds.find((one) => one === said);
  if (kind === undefined) return null;
  return {
    kind,
    runId,
    jobId,
    key,
    attempt: Number(attempt),
    fence: Number(fence),
    pid: Number(pid),
    at: Math.round(bootAt + Number(up) * 1000),
    exitCode: kind === 'end' ? Number(code) : null,
    other: kind === 'overlap' ? (other ?? null) : null,
  };
}
