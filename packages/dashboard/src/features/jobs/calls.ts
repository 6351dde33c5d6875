import type { Job } from 'job-trigger-contract';

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** How a job is run from elsewhere, ready to be pasted into a shell. */
export const curlOf = ({ id }: Job, origin: string): string =>
  `curl -X POST ${origin}/api/jobs/${id}/run -H 'Authorization: Bearer TOKEN' -H 'Content-Type: application/json' -d '{}'`;
export const commandOf = ({ name }: Job): string => `jtp run ${quoted(name)} --follow`;
