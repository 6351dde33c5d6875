import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SettingShape } from 'job-trigger-contract';
import { sayUndoable } from '../../components/say-undoable.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { lossText, shown } from './setting-words.ts';

interface Change {
  /** Null: as it is written elsewhere, or the default. */
  readonly value: unknown;
  /** Known and wanted: what shorter retention deletes is not counted again. */
  readonly isSure: boolean;
}

/** Changes one setting; where that deletes something, only once it is sure. `done` is called when it is changed. */
export function useChangeSetting({ key, page }: Pick<SettingShape, 'key' | 'page'>, done: () => void) {
  const client = useQueryClient();
  const write = (value: unknown) => api.changeSettings({ body: { values: { [key]: value } } });
  const refresh = (): Promise<void> => client.invalidateQueries({ queryKey: ['settings'] });
  return useMutation({
    mutationFn: async ({ value, isSure }: Change): Promise<string | null> => {
      if (!isSure && key.startsWith('retention.')) {
        const trial = await api.changeSettings({ body: { values: { [key]: value }, dry_run: true } });
        const loss = trial.deletes === null ? null : lossText(trial.deletes);
        if (loss !== null) return loss;
      }
      await write(value);
      return null;
    },
    onSuccess: (loss, { value }) => {
      if (loss !== null) return;
      const now = value === null ? 'comes from its default again' : `is ${shown(value)}`;
      sayUndoable(`${key} ${now}. It counts everywhere within 5 s.`, () => {
        write(page).then(() => {
          sayDone(`${key} is as it was.`);
          void refresh();
        }, sayFailed);
      });
      void refresh();
      done();
    },
  });
}
