import { Code, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Panel } from '../../components/panel.tsx';
import { Rows } from '../../components/rows.tsx';
import { api } from '../../lib/api.ts';
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
    </Panel>
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
  if (problems.length === 0) return <>Loaded</>;
  return (
    <Stack gap={2}>
      {problems.map((problem) => (
        <Text key={problem} size="sm" c="red" className="jtp-break">
          {problem}
        </Text>
      ))}
    </Stack>
  );
}
