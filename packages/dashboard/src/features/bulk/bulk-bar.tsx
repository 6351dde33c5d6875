import { Button, Group, Modal, Paper, Stack, Table, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { BulkResult } from 'job-trigger-contract';
import type { ReactNode } from 'react';
import type { Selection } from '../../components/use-selection.ts';
import { useMay } from '../runs/use-may.ts';
import { actWords, summaryOf, type Act } from './bulk-words.ts';
import { useBulk, type Asked, type Bulk, type SendBulk } from './use-bulk.ts';
import './bulk.css';

interface BulkBarProps {
  readonly selection: Selection;
  readonly noun: 'job' | 'run';
  readonly acts: readonly Act[];
  /** There are more than those on the page. */
  readonly hasMore: boolean;
  readonly send: SendBulk;
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

const nounOf = (noun: string, count: number): string => (count === 1 ? noun : `${noun}s`);
const isGrave = (act: Act): boolean => act === 'delete' || act === 'cancel';

function Confirm({ asked, noun, bulk }: { readonly asked: Asked; readonly noun: string; readonly bulk: Bulk }) {
  const { act, wanted, count, more } = asked;
  const what = `${count} ${nounOf(noun, count)}`;
  return (
    <Modal opened onClose={bulk.close} title={`${actWords[act].button}: ${what}?`}>
      <Stack>
        <Text size="sm">
          {actWords[act].asks ?? `This is done to each ${noun} that the filters show.`}
          {more ? ` There are more that match; this takes ${count} of them.` : ''}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={bulk.close}>
            Close
          </Button>
          <Button
            {...(isGrave(act) ? { color: 'red' } : {})}
            loading={bulk.pending !== null}
            disabled={count === 0}
            onClick={() => bulk.carryOut(act, wanted)}
          >
            {actWords[act].button} {what}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Told({ result, noun, bulk }: { readonly result: BulkResult; readonly noun: string; readonly bulk: Bulk }) {
  const { undo } = actWords[result.act as Act];
  const done = result.items.flatMap(({ id, ok }) => (ok ? [id] : []));
  return (
    <Modal opened onClose={bulk.close} title="What became of each" size="lg">
      <Stack>
        <Results result={result} noun={noun} />
        <Group justify="flex-end">
          {undo === null || done.length === 0 ? null : (
            <Button
              variant="default"
              loading={bulk.pending !== null}
              onClick={() => bulk.carryOut(undo, { ids: done })}
            >
              Undo: {actWords[undo].button.toLowerCase()} {done.length} {nounOf(noun, done.length)}
            </Button>
          )}
          <Button onClick={bulk.close}>Close</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Acts({ acts, bulk }: { readonly acts: readonly Act[]; readonly bulk: Bulk }) {
  const mayRun = useMay('operator');
  const mayEdit = useMay('editor');
  return acts.map((act) => {
    const refused = act === 'run' || act === 'cancel' || act === 'retry' ? mayRun : mayEdit;
    return (
      <Button
        key={act}
        size="compact-sm"
        variant="default"
        loading={bulk.pending === act}
        disabled={refused !== null || bulk.pending !== null}
        title={refused ?? undefined}
        onClick={() => bulk.begin(act)}
      >
        {actWords[act].button}
      </Button>
    );
  });
}

/**
 * What can be done to the rows that are chosen; the result says what became of each. It stands behind its list and sticks
 * to the foot of the window, so that the rows stay where they are when it appears.
 */
export function BulkBar({ selection, noun, acts, hasMore, send, children }: BulkBarProps) {
  const bulk = useBulk(selection, send);
  const { ids, shown } = selection;
  const { all, asked, result } = bulk;
  const offersAll = hasMore && !all && ids.size === shown.length;
  return (
    <>
      {ids.size === 0 ? null : (
        <Paper withBorder p="xs" className="jtp-bulk" component="section" aria-label="Selection">
          <Group gap="xs">
            <Text size="sm" fw={600} component="output">
              {all ? `All ${noun}s that match` : `${ids.size} ${nounOf(noun, ids.size)} selected`}
            </Text>
            <Acts acts={acts} bulk={bulk} />
            {children}
            {offersAll ? (
              <Button size="compact-sm" variant="subtle" onClick={bulk.chooseAll}>
                Select all that match
              </Button>
            ) : null}
            <Button size="compact-sm" variant="subtle" onClick={bulk.clear}>
              Clear selection
            </Button>
          </Group>
        </Paper>
      )}
      {asked === null ? null : <Confirm asked={asked} noun={noun} bulk={bulk} />}
      {result === null ? null : <Told result={result} noun={noun} bulk={bulk} />}
    </>
  );
}
