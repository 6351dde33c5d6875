import { Button, Text } from '@mantine/core';
import { modals } from '@mantine/modals';
import { IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { Retention } from 'job-trigger-contract';
import { Panel } from '../../components/panel.tsx';
import { Rows, type RowColumn } from '../../components/rows.tsx';
import { sayFailed } from '../../components/say.ts';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';

type Part = keyof Retention['before'];

const parts: readonly (readonly [part: Part, label: string])[] = [
  ['runs', 'Runs with their output'],
  ['ledger', 'Occurrences and gaps of the ledger'],
  ['events', 'Events'],
  ['jobs', 'Deleted jobs'],
];
/** A dry run counts these no further. */
const bounded: Partial<Record<Part, number>> = { runs: 10_000, events: 10_000 };

function countText(answer: Retention, part: Part): string {
  const count = answer[part];
  const isCutShort = answer.dry_run && count === bounded[part];
  return `${count.toLocaleString()}${isCutShort ? ' or more' : ''}`;
}

const columnsOf = (answer: Retention): readonly RowColumn<(typeof parts)[number]>[] => [
  { title: 'What', cell: ([, label]) => label },
  { title: answer.dry_run ? 'Would go' : 'Removed', cell: ([part]) => countText(answer, part) },
  { title: 'Older than', cell: ([part]) => <When at={answer.before[part]} /> },
];

function textOf(answer: Retention | undefined): string {
  if (answer === undefined)
    return 'Schedulers remove every hour what retention no longer keeps: runs, ledger, events and deleted jobs.';
  const done = answer.dry_run ? 'Nothing was removed.' : 'Removed what retention no longer keeps.';
  return `${done} Of the ledger, what a job may still catch up stays although it is older.`;
}

/** Shows what retention no longer keeps, and removes it when asked to. */
export function CleanUpPanel() {
  const cleanUp = useMutation({
    mutationFn: (isDry: boolean) => api.runRetention({ body: { dry_run: isDry } }),
    onError: sayFailed,
  });
  const { data: answer, isPending, variables: isDry } = cleanUp;
  function ask(): void {
    modals.openConfirmModal({
      title: 'Run clean-up now?',
      children: (
        <Text size="sm">
          What retention no longer keeps is removed for good, with the output of those runs. Schedulers do so every
          hour; settings named retention say how long what is kept.
        </Text>
      ),
      labels: { confirm: 'Remove it', cancel: 'Keep it' },
      confirmProps: { color: 'red' },
      onConfirm: () => cleanUp.mutate(false),
    });
  }
  const acts = (
    <>
      <Button variant="default" loading={isPending && isDry} disabled={isPending} onClick={() => cleanUp.mutate(true)}>
        Show what would go
      </Button>
      <Button
        variant="default"
        leftSection={<IconTrash size={16} aria-hidden="true" />}
        loading={isPending && !isDry}
        disabled={isPending}
        onClick={ask}
      >
        Run clean-up now
      </Button>
    </>
  );
  return (
    <Panel title="Clean-up" aside={<div className="jtp-panel-acts">{acts}</div>}>
      <Text component="output" display="block" size="sm" className="jtp-check-text">
        {textOf(answer)}
      </Text>
      {answer === undefined ? null : (
        <Rows label="Clean-up" items={parts} columns={columnsOf(answer)} keyOf={([part]) => part} />
      )}
    </Panel>
  );
}
