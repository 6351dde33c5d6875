import { Button, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Secret } from 'job-trigger-contract';
import { useState } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { Rows, type RowColumn } from '../components/rows.tsx';
import { Look } from '../components/state-badge.tsx';
import { When } from '../components/when.tsx';
import { useMay } from '../features/runs/use-may.ts';
import { KeyPanel } from '../features/secrets/key-panel.tsx';
import { MaskTest } from '../features/secrets/mask-test.tsx';
import { SecretActs } from '../features/secrets/secret-acts.tsx';
import { SecretDialog } from '../features/secrets/secret-dialog.tsx';
import { UnreadableSecrets } from '../features/secrets/unreadable-secrets.tsx';
import { providerLabels, scopeText } from '../features/secrets/secret-words.ts';
import { useSecrets } from '../features/secrets/use-secrets.ts';
import { useNow } from '../lib/store.ts';

const soonMs = 14 * 86_400_000;

function Expires({ at }: { readonly at: string | null }) {
  const now = useNow('half-minute');
  if (at === null) return <span>—</span>;
  const left = Date.parse(at) - now;
  if (left > soonMs) return <When at={at} planned />;
  const look =
    left <= 0
      ? ({ label: 'Expired', group: 'failed', icon: 'cross' } as const)
      : ({ label: 'Expires soon', group: 'attention', icon: 'warning' } as const);
  return (
    <>
      <Look look={look} /> <When at={at} planned />
    </>
  );
}

function Jobs({ jobs }: { readonly jobs: Secret['used_by'] }) {
  const [first] = jobs;
  if (first === undefined) return <span>No job</span>;
  return (
    <span className="jtp-used-by">
      <Link to="/jobs/$id" params={{ id: first.id }} className="jtp-link">
        {first.name}
      </Link>
      {jobs.length > 1 ? (
        <span title={jobs.map(({ name }) => name).join(', ')}> and {jobs.length - 1} more</span>
      ) : null}
    </span>
  );
}

const columns: readonly RowColumn<Secret>[] = [
  { title: 'Name', cell: ({ name }) => <span className="jtp-cell-name">{name}</span> },
  { title: 'For', cell: scopeText },
  {
    title: 'Provider',
    cell: ({ provider, reference }) => (
      <>
        {providerLabels[provider]}
        {reference === null ? null : (
          <Text size="xs" c="dimmed" className="jtp-break">
            {reference}
          </Text>
        )}
      </>
    ),
  },
  { title: 'Used by', cell: ({ used_by: jobs }) => <Jobs jobs={jobs} /> },
  { title: 'Last used', cell: ({ last_used_at: at }) => <When at={at} none="Never" /> },
  { title: 'Rotated', cell: ({ rotated_at: at }) => <When at={at} /> },
  { title: 'Expires', cell: ({ expires_at: at }) => <Expires at={at} /> },
];

/** Without the key nothing can be sealed. */
function refusedForKey(secrets: readonly Secret[]): string | null {
  const lacksKey = secrets.some(({ provider, problem }) => provider === 'local' && problem !== null);
  return lacksKey ? 'Not until the key is back that secrets were sealed with' : null;
}

/** Values that jobs need: set, rotated, tried; shown to nobody. */
export function SecretsPage() {
  const [isAdding, setAdding] = useState(false);
  const query = useSecrets();
  const items = query.data?.items ?? [];
  const mayNot = useMay('editor');
  const mayNotRotate = useMay('admin');
  const refused = mayNot ?? refusedForKey(items);
  const add = (
    <Button disabled={refused !== null} title={refused ?? undefined} onClick={() => setAdding(true)}>
      Set secret
    </Button>
  );
  return (
    <Page title="Secrets" acts={query.data?.items.length === 0 ? undefined : add}>
      <UnreadableSecrets secrets={items} />
      <Panel title="What jobs are given">
        <Loaded query={query}>
          {({ items, providers }) =>
            items.length === 0 ? (
              <EmptyState
                title="No secret yet."
                text="A password or token that jobs need, sealed here. A job that names it gets it as a variable when it starts, and logs show *** in its place."
              >
                {add}
              </EmptyState>
            ) : (
              <Rows
                label="Secrets"
                items={items}
                keyOf={({ id }) => id}
                columns={[
                  ...columns,
                  {
                    title: 'Acts',
                    cell: (secret) => <SecretActs secret={secret} providers={providers} refused={refused} />,
                  },
                ]}
              />
            )
          }
        </Loaded>
      </Panel>
      {mayNotRotate === null ? (
        <Panel title="Key of the installation">
          <KeyPanel />
        </Panel>
      ) : null}
      <Panel title="Masking test">
        <MaskTest />
      </Panel>
      <Text size="sm" c="dimmed">
        Values under 6 characters and common words are not masked. Files that jobs leave are not looked through.
      </Text>
      {isAdding && query.data !== undefined ? (
        <SecretDialog providers={query.data.providers} onClose={() => setAdding(false)} />
      ) : null}
    </Page>
  );
}
