import type { Errors } from '../../lib/field-errors.ts';
import type { JobDraft } from './job-draft.ts';

/** What every section of the editor gets. */
export interface FieldsProps {
  readonly draft: JobDraft;
  readonly set: (changes: Partial<JobDraft>) => void;
  /** Messages of the server by path, as `config.script`. */
  readonly errors: Errors;
}
