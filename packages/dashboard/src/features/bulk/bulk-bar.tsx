import { Button, Group, Modal, Paper, Stack, Table, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { BulkResult } from 'job-trigger-contract';
import { useState, type ReactNode } from 'react';
import { sayFailed } from '../../components/say.ts';
import type { Selection } from '../../components/use-selection.ts';
import { refreshTopics } from '../../lib/query.ts';
import { useMay } from '../runs/use-may.ts';
import { actWords, summaryOf, type Act } from './bulk-words.ts';
import './bulk.css';

/** Some that were chosen, or all that match what the list shows. */
export type Wanted = { readonly ids: string[] } | { readonly matching: true };

interface BulkBarProps {
  readonly selection: Selection;
  readonly noun: 'job' | 'run';
  readonly acts: readonly Act[];
  /** There are more than those on the page. */
  readonly hasMore: boolean;
  readonly send: (act: Act, wanted: Wanted, dryRun: boolean) => Promise<BulkResult>;
  /** Acts of the page’s own, such as comparing two. */
  readonly children?: ReactNode;
}

function Results({ result, noun }: { readonly result: BulkResult; readonly noun: string }) {
  const failed = result.items.filter(({ ok }) => !ok);
  const started = result.items.filter(({ run_id: id }) => id !== null);
  return (
    <Stack gap="sm">
      <Text size="sm">
        {summaryOf(result, noun)}
        {result.more ? ` There are more that match; this took the first ${result.items.length}.` : ''}
      </Text>
      {failed.length === 0 ? null : (
        <Table aria-label="Not done">
          <Table.Tbody>
            {failed.map(({ id, name, message }) => (
              <Table.Tr key={id}>
                <Table.Th scope="row" className="jtp-anywhere">
                  {name ?? id}
                </Table.Th>
                <Table.Td>{message}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {started.length === 0 ? null : (
        <details>
          <summary>Runs that were started ({started.length})</summary>
          <ul>
            {started.map(({ id, name, run_id: run }) => (
              <li key={id}>
                <Link to="/runs/$id" params={{ id: run ?? '' }} className="jtp-link">
                  {name}
                </Link>
              </li>
            ))}
          </ul>
        </details>
      )}
    </Stack>
  );
}

interface Asked {
  readonly act: Act;
  readonly wanted: Wanted;
  readonly count: number;
  readonly more: boolean;
}

/** What can be done to the rows that are chosen; the result says what became of each. */
export function BulkBar({ selection, noun, acts, hasMore, send, children }: BulkBarProps) {
  const mayRun = useMay('operator');
  const mayEdit = useMay('editor');
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
  function begin(act: Act): void {
    const wanted: Wanted = all ? { matching: true } : { ids: [...ids] };
    if (!all && actWords[act].asks === null) return carryOut(act, wanted);
    if (!all) return setAsked({ act, wanted, count: ids.size, more: false });
    const onSuccess = (dry: BulkResult): void => setAsked({ act, wanted, count: dry.items.length, more: dry.more });
    return work.mutate({ act, wanted, dryRun: true }, { onSuccess });
  }
  const undo = result === null ? null : actWords[result.act as Act].undo;
  const nouns = (count: number): string => (count === 1 ? noun : `${noun}s`);
  return (
    <>
      {ids.size === 0 ? null : (
        <Paper withBorder p="xs" className="jtp-bulk" role="region" aria-label="Selection">
          <Group gap="xs">
            <Text size="sm" fw={600} role="status">
              {all ? `All ${noun}s that match` : `${ids.size} ${nouns(ids.size)} selected`}
            </Text>
            {acts.map((act) => {
              const refused = act === 'run' || act === 'cancel' || act === 'retry' ? mayRun : mayEdit;
              return (
                <Button
                  key={act}
                  size="compact-sm"
                  variant="default"
                  {...(act === 'delete' ? { c: 'red' } : {})}
                  loading={work.isPending && work.variables.act === act}
                  disabled={refused !== null || work.isPending}
                  title={refused ?? undefined}
                  onClick={() => begin(act)}
                >
                  {actWords[act].button}
                </Button>
              );
            })}
            {children}
            {hasMore && ids.size === shown.length && !all ? (
              <Button size="compact-sm" variant="subtle" onClick={() => setMatching(true)}>
                Select all that match
              </Button>
            ) : null}
            <Button size="compact-sm" variant="subtle" onClick={clear}>
              Clear selection
            </Button>
          </Group>
        </Paper>
      )}
      <Modal
        opened={asked !== null}
        onClose={() => setAsked(null)}
        title={asked === null ? '' : `${actWords[asked.act].button}: ${asked.count} ${nouns(asked.count)}?`}
      >
        {asked === null ? null : (
          <Stack>
            <Text size="sm">
              {actWords[asked.act].asks ?? `This is done to each ${noun} that the filters show.`}
              {asked.more ? ` There are more that match; this takes ${asked.count} of them.` : ''}
            </Text>
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setAsked(null)}>
                Close
              </Button>
              <Button
                {...(asked.act === 'delete' || asked.act === 'cancel' ? { color: 'red' } : {})}
                loading={work.isPending}
                disabled={asked.count === 0}
                onClick={() => carryOut(asked.act, asked.wanted)}
              >
                {actWords[asked.act].button} {asked.count} {nouns(asked.count)}
              </Button>
            </Group>
          </Stack>
        )}
      </Modal>
      <Modal opened={result !== null} onClose={() => setResult(null)} title="What became of each" size="lg">
        {result === null ? null : (
          <Stack>
            <Results result={result} noun={noun} />
            <Group justify="flex-end">
              {undo === null || result.done === 0 ? null : (
                <Button
                  variant="default"
                  loading={work.isPending}
                  onClick={() => carryOut(undo, { ids: result.items.flatMap(({ id, ok }) => (ok ? [id] : [])) })}
                >
                  Undo: {actWords[undo].button.toLowerCase()} {result.done} {nouns(result.done)}
                </Button>
              )}
              <Button onClick={() => setResult(null)}>Close</Button>
            </Group>
          </Stack>
        )}
      </Modal>
    </>
  );
}
