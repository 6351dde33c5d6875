import { Code, Group, Switch, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { When } from '../components/when.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { RemoveDemoButton } from '../features/demo/remove-demo.tsx';
import { counted, useDemo } from '../features/demo/use-demo.ts';
import { PluginsPanel } from '../features/jobs/plugins-panel.tsx';
import { SettingList } from '../features/settings/setting-list.tsx';
import { api } from '../lib/api.ts';

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

/** Every setting with its value and where that comes from; some are changed here. */
export function SettingsPage() {
  const query = useQuery({ queryKey: ['settings'], queryFn: () => api.settings() });
  const [wanted, setWanted] = useState('');
  const [isHere, setHere] = useState(false);
  return (
    <Page title="Settings">
      <DemoPanel />
      <PluginsPanel />
      <Text size="sm" c="dimmed">
        Thresholds, limits and retention are changed here while everything runs. What the start was given goes before
        this page: <Code>config.yaml</Code>, then the environment, then flags.
      </Text>
      <Group align="flex-end">
        <TextInput
          type="search"
          label="Search"
          value={wanted}
          onChange={(event) => setWanted(event.currentTarget.value)}
          maw={360}
          flex={1}
          miw={240}
        />
        <Switch
          label="Only what can be changed here"
          checked={isHere}
          onChange={(event) => setHere(event.currentTarget.checked)}
          mb={8}
        />
      </Group>
      <Loaded query={query} rows={10}>
        {({ items }) => {
          const found = items
            .filter(({ editable }) => editable || !isHere)
            .filter(({ key, variable, description }) =>
              `${key} ${variable ?? ''} ${description}`.toLowerCase().includes(wanted.toLowerCase()),
            );
          return found.length === 0 ? (
            <EmptyState title={`No setting matches “${wanted}”.`} />
          ) : (
            <SettingList items={found} />
          );
        }}
      </Loaded>
    </Page>
  );
}
