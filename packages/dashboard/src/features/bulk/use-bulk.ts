import { useMutation } from '@tanstack/react-query';
import type { BulkResult } from 'job-trigger-contract';
import { useState } from 'react';
import { sayFailed } from '../../components/say.ts';
import type { Selection } from '../../components/use-selection.ts';
import { refreshTopics } from '../../lib/query.ts';
import { actWords, type Act } from './bulk-words.ts';

/** Some that were chosen, or all that match what the list shows. */
export type Wanted = { readonly ids: string[] } | { readonly matching: true };
export type SendBulk = (act: Act, wanted: Wanted, dryRun: boolean) => Promise<BulkResult>;

/** An act that waits for a person to confirm it. */
export interface Asked {
  readonly act: Act;
  readonly wanted: Wanted;
  readonly count: number;
  /** More match than are taken. */
  readonly more: boolean;
}

/** One act on what is chosen: asked for, confirmed where something is at stake, carried out, told of. */
export function useBulk(selection: Selection, send: SendBulk) {
  const [matching, setMatching] = useState(false);
  const [asked, setAsked] = useState<Asked | null>(null);
  const [result, setResult] = useState<BulkResult | null>(null);
  const { ids, shown } = selection;
  const all = matching && ids.size === shown.length;
  const work = useMutation({
    mutationFn: ({ act, wanted, dryRun }: { act: Act; wanted: Wanted; dryRun: boolean }) => send(act, wanted, dryRun),
    onError: sayFailed,
    onSettled: () => refreshTopics(['jobs', 'runs', 'events']),
  });
  function clear(): void {
    setMatching(false);
    selection.set([]);
  }
  function carryOut(act: Act, wanted: Wanted): void {
    const onSuccess = (answer: BulkResult): void => {
      setAsked(null);
      setResult(answer);
      clear();
    };
    work.mutate({ act, wanted, dryRun: false }, { onSuccess });
  }
  /** All that match are counted before anything is done to them. */
  function begin(act: Act): void {
    const wanted: Wanted = all ? { matching: true } : { ids: [...ids] };
    if (all) {
      const onSuccess = ({ items, more }: BulkResult): void => setAsked({ act, wanted, count: items.length, more });
      work.mutate({ act, wanted, dryRun: true }, { onSuccess });
    } else if (actWords[act].asks === null) carryOut(act, wanted);
    else setAsked({ act, wanted, count: ids.size, more: false });
  }
  return {
    all,
    asked,
    result,
    pending: work.isPending ? work.variables.act : null,
    begin,
    carryOut,
    clear,
    chooseAll: () => setMatching(true),
    close: (): void => {
      setAsked(null);
      setResult(null);
    },
  };
}
export type Bulk = ReturnType<typeof useBulk>;
