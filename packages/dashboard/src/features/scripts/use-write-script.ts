import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ScriptFile } from 'job-trigger-contract';
import { sayDone } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { contentOf, type ScriptDraft } from './script-draft.ts';

interface Writing {
  readonly path: string;
  /** SHA-256 of what was looked at; null for a new file. */
  readonly over: string | null;
  readonly draft: ScriptDraft;
}

/** Saves what somebody wrote, over nothing that they have not looked at. */
export function useWriteScript(saved: (file: ScriptFile) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ path, over, draft }: Writing) =>
      over === null
        ? api.createScript({ body: { path, ...contentOf(draft) } })
        : api.writeScript({ query: { path }, body: contentOf(draft) }, { headers: { 'if-match': `"${over}"` } }),
    onSuccess: (file) => {
      client.setQueryData(['scripts', 'file', file.path], file);
      void client.invalidateQueries({ queryKey: ['scripts'] });
      const next = file.approval_required ? ' Another person has to approve it before jobs run it.' : '';
      sayDone(`${file.path} is saved.${next}`);
      saved(file);
    },
  });
}
