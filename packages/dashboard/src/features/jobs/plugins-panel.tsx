import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Panel } from '../../components/panel.tsx';
import { Rows } from '../../components/rows.tsx';
import { sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { refreshTopics } from '../../lib/query.ts';
import { provisionWords } from './provision-words.ts';
import { useJobTypes } from './use-job-types.ts';

/** The plugins that the configuration names, with the job types they add and what is wrong with them. */
export function PluginsPanel() {
  const plugins = useQuery({ queryKey: ['plugins'], queryFn: () => api.listPlugins(), staleTime: Infinity });
  const types = useJobTypes();
  const named = new Map((types.data?.items ?? []).map((type) => [type.id, type]));
  if (plugins.data === undefined || plugins.data.items.length === 0) return null;
  return (
    <Panel title="Plugins">
      <Rows
        label="Plugins"
        items={plugins.data.items}
        keyOf={({ source }) => source}
        columns={[
          { title: 'Plugin', cell: ({ source }) => <Code className="jtp-break">{source}</Code> },
          {
            title: 'Job types',
            cell: (plugin) => plugin.types.map((id) => `${named.get(id)?.label ?? id} (${id})`).join(', ') || 'none',
          },
          {
            title: 'State',
            cell: (plugin) => <PluginState problems={problemsOf(plugin, named)} />,
          },
        ]}
      />
      {(types.data?.items ?? []).some(({ provisions }) => provisions) ? <ProvisionButton /> : null}
    </Panel>
  );
}

/** Asks the plugins now, and tells what became of the jobs they want. */
function ProvisionButton() {
  const provision = useMutation({
    mutationFn: () => api.provision({ body: {} }),
    onError: sayFailed,
    onSettled: () => refreshTopics(['jobs', 'runs', 'events']),
  });
  const told = provision.data === undefined ? null : provisionWords(provision.data.items);
  return (
    <Stack gap={4} mt="sm">
      <Group gap="sm">
        <Button variant="default" size="xs" loading={provision.isPending} onClick={() => provision.mutate()}>
          Bring their jobs up to date
        </Button>
        <Text size="sm" component="output">
          {told?.sum ?? 'Plugins may ask for jobs of their own. They are asked at every start.'}
        </Text>
      </Group>
      <PluginFaults faults={told?.faults ?? []} />
    </Stack>
  );
}

function problemsOf(
  { types, problem }: { readonly types: readonly string[]; readonly problem: string | null },
  named: ReadonlyMap<string, { readonly cannot_run: string | null }>,
): readonly string[] {
  if (problem !== null) return [problem];
  return types.flatMap((id) => named.get(id)?.cannot_run ?? []);
}

function PluginState({ problems }: { readonly problems: readonly string[] }) {
  return problems.length === 0 ? <>Loaded</> : <PluginFaults faults={problems} />;
}

function PluginFaults({ faults }: { readonly faults: readonly string[] }) {
  if (faults.length === 0) return null;
  return (
    <Stack gap={2}>
      {faults.map((problem) => (
        <Text key={problem} size="sm" c="red" className="jtp-break">
          {problem}
        </Text>
      ))}
    </Stack>
  );
}
