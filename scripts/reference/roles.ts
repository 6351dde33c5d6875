import { rights } from 'job-trigger-contract/mapping';
import { roles } from 'job-trigger-core';
import { code, page, table } from './markdown.ts';

export function rolesPage(): string {
  const groups = Map.groupBy(rights(), ({ tag }) => tag);
  const sections = [...groups].map(([tag, items]) => {
    const rows = items.map(({ summary, method, path, roles: may, approver, scope, in_person: inPerson, open }) => [
      `${summary} ${code(`${method} ${path}`)}`,
      ...roles.map((role) => (may.includes(role) ? 'yes' : approver ? 'approver' : 'no')),
      inPerson ? 'none' : open ? 'any' : code(scope ?? ''),
    ]);
    return `## ${tag}\n\n${table(['what', ...roles, 'key'], rows)}`;
  });
  return page('Roles', 'packages/contract/src', [
    'Who may do what: the table that the portal asks for each request. A route that is not in it is refused. Each role holds\nthe one before it; `approver` is given besides: where a cell says so, it is\nneeded. The last column is the scope that an [API key](../how-to/people-and-keys.md)\nneeds, where the role of its owner allows it: `none` is refused to keys, `any` is for anybody, known or not.',
    'What somebody may do to one job is the lesser of this and of what the job [is to them](../how-to/share-jobs.md).',
    `Signed in for longer than \`security.proof_minutes\` (10), people are asked once more who they are before they do this:\n\n${rights()
      .filter(({ proof }) => proof)
      .map(({ summary, method, path }) => `- ${summary} ${code(`${method} ${path}`)}`)
      .join(
        '\n',
      )}\n\nKeys and the command line on the host are not asked: [decision 19](../decisions/0019-sensitive-acts-ask-for-proof.md).`,
    'Beside the table: `GET /api/stream` for anyone signed in, and for whoever holds its secret or token `POST /api/hooks/{id}`,\n`/api/pings/{token}` and `GET /api/feeds/{token}/jobs.ics`.',
    ...sections,
  ]);
}
