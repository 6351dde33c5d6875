import { Button, Group, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Maintenance } from 'job-trigger-contract';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { Rows, type RowColumn } from '../components/rows.tsx';
import { When } from '../components/when.tsx';
import { EditMaintenance } from '../features/maintenance/edit-maintenance.tsx';
import { EndMaintenance } from '../features/maintenance/end-maintenance.tsx';
import { SetMaintenance } from '../features/maintenance/set-maintenance.tsx';
import { useMaintenance } from '../features/maintenance/use-maintenance.ts';
import { drainsText, resumeWords, stateWords } from '../features/maintenance/words.ts';
import { useMay } from '../features/runs/use-may.ts';

const scope: RowColumn<Maintenance> = {
  title: 'What',
  cell: ({ scope_text, reason }) => (
    <>
      <span className="jtp-cell-name">{scope_text}</span>
      {reason === null ? null : (
        <Text size="sm" c="dimmed" className="jtp-anywhere">
          {reason}
        </Text>
      )}
    </>
  ),
};
const from: RowColumn<Maintenance> = { title: 'From', cell: (window) => <When at={window.from} planned /> };
const by: RowColumn<Maintenance> = { title: 'Set by', cell: ({ set_by }) => set_by ?? '—' };
const afterwards: RowColumn<Maintenance> = { title: 'Afterwards', cell: ({ resume }) => resumeWords[resume].label };

const open: readonly RowColumn<Maintenance>[] = [
  scope,
  {
    title: 'State',
    cell: (window) => (
      <>
        {stateWords[window.state]}
        <Text size="sm" c="dimmed">
          {drainsText(window)}
        </Text>
      </>
    ),
  },
  from,
  { title: 'Until', cell: ({ until }) => <When at={until} planned none="somebody ends it" /> },
  afterwards,
  by,
  {
    title: 'Act',
    cell: (window) => (
      <Group gap="xs">
        <EditMaintenance window={window} />
        <EndMaintenance window={window} />
      </Group>
    ),
  },
];
const over: readonly RowColumn<Maintenance>[] = [
  scope,
  { title: 'State', cell: ({ state }) => stateWords[state] },
  from,
  {
    title: 'Ended',
    cell: ({ ended_at, ended_by }) => (
      <>
        <When at={ended_at} />
        <Text size="sm" c="dimmed">
          {ended_by === null ? 'by its time' : `by ${ended_by}`}
        </Text>
      </>
    ),
  },
  afterwards,
  by,
];

function SetButton({ open: show }: { readonly open: () => void }) {
  const refusal = useMay('operator');
  return (
    <Button disabled={refusal !== null} title={refusal ?? undefined} onClick={show}>
      Set maintenance
    </Button>
  );
}

/** Times in which nothing starts by itself: what is on, what is to come, and what was. */
export function MaintenancePage() {
  const windows = useMaintenance();
  const [writing, form] = useDisclosure(false);
  return (
    <Page title="Maintenance" acts={writing ? undefined : <SetButton open={form.open} />}>
      {writing ? (
        <Panel title="Set maintenance">
          <SetMaintenance close={form.close} />
        </Panel>
      ) : null}
      <Loaded query={windows}>
        {({ items }) => {
          const ahead = items.filter(({ state }) => state === 'active' || state === 'upcoming');
          const past = items.filter((window) => !ahead.includes(window));
          return (
            <>
              <Panel title="On and to come">
                {ahead.length === 0 ? (
                  <EmptyState
                    title="No maintenance is on or planned."
                    text="Hold all jobs back, those of a tag, or some, for a while. You see which runs it costs before it is set."
                  />
                ) : (
                  <Rows label="Maintenance on and to come" items={ahead} columns={open} keyOf={({ id }) => id} />
                )}
              </Panel>
              <Panel title="History">
                {past.length === 0 ? (
                  <Group>
                    <Text c="dimmed">No maintenance has ended yet.</Text>
                  </Group>
                ) : (
                  <Rows label="Maintenance that is over" items={past} columns={over} keyOf={({ id }) => id} />
                )}
              </Panel>
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}
