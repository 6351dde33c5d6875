import { useState } from 'react';
import type { Errors } from '../../lib/field-errors.ts';
import { refusalsOf } from './draft-refusals.ts';
import type { JobDraft } from './job-draft.ts';

/** What the form refuses by itself, told from the first try to save until it is mended. */
export function useRefusals(draft: JobDraft) {
  const [refused, setRefused] = useState<Error | null>(null);
  const errors: Errors = refused === null ? {} : refusalsOf(draft);
  /** Whether the draft must not be sent; from now on the fields say why. */
  function refuse(): boolean {
    const wrong = Object.keys(refusalsOf(draft)).length > 0;
    setRefused(wrong ? new Error('The form is not complete.') : null);
    return wrong;
  }
  return { error: Object.keys(errors).length > 0 ? refused : null, errors, refuse };
}
