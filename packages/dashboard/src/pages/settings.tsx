import { Code, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { When } from '../components/when.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { Rows } from '../components/rows.tsx';
import { RemoveDemoButton } from '../features/demo/remove-demo.tsx';
import { counted, useDemo } from '../features/demo/use-demo.ts';
import { PluginsPanel } from '../features/jobs/plugins-panel.tsx';
import { api } from '../lib/api.ts';

const shown = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value ?? null));

/** What stands between backticks is code. */
function Described({ text }: { readonly text: string }) {
  return text.split('`').map((part, at) => (at % 2 === 1 ? <Code key={`${at} ${part}`}>{part}</Code> : part));
}

function DemoPanel() {
  const demo = useDemo(true);
  if (demo.data === undefined || (demo.data.jobs === 0 && demo.data.filled_at === null)) return null;
  return (
    <Panel title="Demo data" aside={<RemoveDemoButton />}>
      <Text size="sm">
        {counted(demo.data.jobs, 'job')} and {counted(demo.data.runs, 'run')}, filled <When at={demo.data.filled_at} />.
      </Text>
    </Panel>
  );
}

/** Every setting with its value and where that comes from. */
export function SettingsPage() {
  const query = useQuery({ queryKey: ['settings'], queryFn: () => api.settings(), staleTime: Infinity });
  const [wanted, setWanted] = useState('');
  return (
    <Page title="Settings">
      <DemoPanel />
      <PluginsPanel />
      <Text size="sm" c="dimmed">
        Settings are read at start: from <Code>config.yaml</Code>, the environment and flags, the later before the
        earlier.
      </Text>
      <TextInput
        type="search"
        label="Search"
        value={wanted}
        onChange={(event) => setWanted(event.currentTarget.value)}
        maw={360}
      />
      <Loaded query={query} rows={10}>
        {({ items }) => {
          const found = items.filter((setting) =>
            `${setting.key} ${setting.variable ?? ''} ${setting.description}`
              .toLowerCase()
              .includes(wanted.toLowerCase()),
          );
          return found.length === 0 ? (
            <EmptyState title={`No setting matches “${wanted}”.`} />
          ) : (
            <Rows
              label="Settings"
              items={found}
              keyOf={(setting) => setting.key}
              columns={[
                { title: 'Setting', cell: (setting) => <Code>{setting.key}</Code> },
                { title: 'Value', cell: (setting) => <Code className="jtp-break">{shown(setting.value)}</Code> },
                { title: 'Comes from', cell: (setting) => setting.source },
                { title: 'Variable', cell: (setting) => <Code>{setting.variable}</Code> },
                { title: 'What it is', cell: (setting) => <Described text={setting.description} /> },
              ]}
            />
          );
        }}
      </Loaded>
    </Page>
  );
}
