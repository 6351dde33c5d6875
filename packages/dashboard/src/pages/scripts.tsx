import { Alert, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ScriptApproval } from 'job-trigger-contract';
import { useDeferredValue, useState } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { Rows, type RowColumn } from '../components/rows.tsx';
import { Look } from '../components/state-badge.tsx';
import { When } from '../components/when.tsx';
import { begunText, shortHash, standingLooks } from '../features/scripts/script-words.ts';
import { api } from '../lib/api.ts';

const columnsWith = (needed: number): readonly RowColumn<ScriptApproval>[] => [
  {
    title: 'Script',
    cell: ({ id, path, version }) => (
      <>
        <Link to="/scripts/$id" params={{ id }} className="jtp-link jtp-break">
          {path}
        </Link>
        <Text size="xs" c="dimmed" ff="monospace">
          {version === null ? '—' : `${shortHash(version.sha256)} · version ${version.number}`}
        </Text>
      </>
    ),
  },
  {
    title: 'State',
    cell: (script) => (
      <>
        <Look look={standingLooks[script.standing]} />
        {begunText(script, needed) === null ? null : <Text size="sm">Approved {begunText(script, needed)}</Text>}
      </>
    ),
  },
  {
    title: 'Jobs',
    cell: ({ jobs }) => {
      const [first, ...others] = jobs;
      if (first === undefined) return <Text size="sm">none</Text>;
      return (
        <Text size="sm" component="div" className="jtp-inline">
          <Link to="/jobs/$id" params={{ id: first.id }} className="jtp-link">
            {first.name}
          </Link>
          {others.length === 0 ? '' : ` and ${others.length} more`}
        </Text>
      );
    },
  },
  { title: 'Next due', cell: ({ jobs }) => <When at={jobs[0]?.next_due_at ?? null} planned none="—" /> },
  {
    title: 'Decided',
    cell: ({ version }) =>
      version === null || version.decided_at === null ? (
        '—'
      ) : (
        <>
          {version.decided_by}, <When at={version.decided_at} />
        </>
      ),
  },
  { title: 'Holds this since', cell: ({ seen_at }) => <When at={seen_at} /> },
];

const waits = ({ standing }: ScriptApproval): boolean => standing !== 'approved';

function Groups({ items, needed }: { readonly items: readonly ScriptApproval[]; readonly needed: number }) {
  const columns = columnsWith(needed);
  const open = items.filter(waits);
  const approved = items.filter((script) => !waits(script));
  return (
    <>
      <Panel title="Not approved">
        {open.length === 0 ? (
          <Text size="sm" c="dimmed">
            Every script that a job names is approved.
          </Text>
        ) : (
          <Rows label="Scripts that are not approved" items={open} keyOf={({ id }) => id} columns={columns} />
        )}
      </Panel>
      {approved.length === 0 ? null : (
        <Panel title="Approved">
          <Rows label="Approved scripts" items={approved} keyOf={({ id }) => id} columns={columns} />
        </Panel>
      )}
    </>
  );
}

/** Scripts that jobs name, and whether what they hold may run. */
export function ScriptsPage() {
  const [given, setGiven] = useState('');
  const text = useDeferredValue(given.trim().toLowerCase());
  const query = useQuery({
    queryKey: ['scripts', 'approvals'],
    queryFn: () => api.listScriptApprovals(),
    refetchInterval: 10_000,
  });
  return (
    <Page title="Scripts">
      <Loaded query={query}>
        {({ required, approvals_needed: needed, items }) => {
          const found = items.filter(({ path, jobs }) =>
            [path, ...jobs.map(({ name }) => name)].some((each) => each.toLowerCase().includes(text)),
          );
          return (
            <>
              {required ? null : (
                <Alert variant="outline" title="Scripts run without approval here">
                  Whoever may put files into the scripts folder decides what runs. The setting
                  security.require_script_approval asks a second person first.
                </Alert>
              )}
              {items.length === 0 && required ? (
                <EmptyState
                  title="No job names a script yet."
                  text="Once one does, its script stands here, and waits for another person than its author."
                />
              ) : null}
              {items.length === 0 ? null : (
                <>
                  <TextInput
                    aria-label="Find a script"
                    placeholder="Find: a path or a job"
                    type="search"
                    maw={480}
                    value={given}
                    onChange={(event) => setGiven(event.currentTarget.value)}
                  />
                  {found.length === 0 ? (
                    <EmptyState title={`Nothing matches “${text}”.`} text="Try a part of a path, or of a job’s name." />
                  ) : (
                    <Groups items={found} needed={needed} />
                  )}
                </>
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}
