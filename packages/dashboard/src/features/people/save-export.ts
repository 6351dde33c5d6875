import type { User } from 'job-trigger-contract';
import { api } from '../../lib/api.ts';

/** Has the browser keep, as a file, everything that names somebody. */
export async function saveExport({ id }: User): Promise<void> {
  const answer = await api.exportUser({ params: { id } });
  const file = new Blob([`${JSON.stringify(answer, null, 2)}\n`], { type: 'application/json' });
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = `person-${id}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
