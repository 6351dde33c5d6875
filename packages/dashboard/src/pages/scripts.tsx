import { Alert, Button, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Script, ScriptApproval, ScriptApprovals, ScriptFiles } from 'job-trigger-contract';
import { useDeferredValue, useState } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { Rows, type RowColumn } from '../components/rows.tsx';
import { Look } from '../components/state-badge.tsx';
import { When } from '../components/when.tsx';
import { useMay } from '../features/runs/use-may.ts';
import { lookOf, shortHash } from '../features/scripts/script-words.ts';
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
    cell: (script) => <Look look={lookOf(script, needed)} />,
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
  // What somebody deleted and no job names waits for nobody.
  const open = items.filter((script) => waits(script) && (script.standing !== 'missing' || script.jobs.length > 0));
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

const fileColumns: readonly RowColumn<Script>[] = [
  {
    title: 'File',
    cell: ({ path, description }) => (
      <>
        <Link to="/scripts/file" search={{ path }} className="jtp-link jtp-break">
          {path}
        </Link>
        {description === null ? null : (
          <Text size="xs" c="dimmed">
            {description}
          </Text>
        )}
      </>
    ),
  },
  { title: 'Jobs', cell: ({ jobs }) => (jobs === null || jobs === 0 ? 'none' : String(jobs)) },
  { title: 'Bytes', cell: ({ bytes }) => bytes.toLocaleString('en') },
  { title: 'Changed', cell: ({ modified_at }) => <When at={modified_at} /> },
];

function Folder({ files, items }: { readonly files: ScriptFiles; readonly items: readonly Script[] }) {
  return (
    <Panel title="In the scripts folder">
      <Text size="sm" c="dimmed" mb="sm" className="jtp-break">
        {files.editing.text}
      </Text>
      {items.length === 0 ? (
        <Text size="sm">{files.items.length === 0 ? `There is nothing in ${files.folder}.` : 'None of them.'}</Text>
      ) : (
        <Rows label="Files of the scripts folder" items={items} keyOf={({ path }) => path} columns={fileColumns} />
      )}
    </Panel>
  );
}

interface FoundProps {
  readonly approvals: ScriptApprovals;
  readonly files: ScriptFiles;
  readonly text: string;
}

/** Of both lists, what matches. */
function Found({ approvals: { required, approvals_needed, items }, files, text }: FoundProps) {
  const matches = (...words: readonly string[]): boolean => words.some((word) => word.toLowerCase().includes(text));
  const found = items.filter(({ path, jobs }) => matches(path, ...jobs.map(({ name }) => name)));
  const foundFiles = files.items.filter(({ path, description }) => matches(path, description ?? ''));
  if (found.length === 0 && foundFiles.length === 0 && text !== '')
    return <EmptyState title={`Nothing matches “${text}”.`} text="Try a part of a path, or of a job’s name." />;
  return (
    <>
      {required && found.length > 0 ? <Groups items={found} needed={approvals_needed} /> : null}
      <Folder files={files} items={foundFiles} />
    </>
  );
}

/** Files of the scripts folder, and whether what they hold may run. */
export function ScriptsPage() {
  const [given, setGiven] = useState('');
  const text = useDeferredValue(given.trim().toLowerCase());
  const refusal = useMay('editor');
  const query = useQuery({
    queryKey: ['scripts', 'approvals'],
    queryFn: () => api.listScriptApprovals(),
    refetchInterval: 10_000,
  });
  const files = useQuery({
    queryKey: ['scripts', 'files'],
    queryFn: () => api.listScripts({ query: { jobs: 'true' } }),
  });
  const mayWrite = refusal === null && files.data?.editing.allowed === true;
  return (
    <Page
      title="Scripts"
      acts={mayWrite ? <Button renderRoot={(root) => <Link to="/scripts/new" {...root} />}>New script</Button> : null}
    >
      <Loaded query={query}>
        {(approvals) => (
          <>
            {approvals.required ? null : (
              <Alert variant="outline" title="Scripts run without approval here">
                Whoever may put files into the scripts folder decides what runs. The setting
                security.require_script_approval asks a second person first.
              </Alert>
            )}
            {approvals.items.length === 0 && approvals.required ? (
              <EmptyState
                title="No job names a script yet."
                text="Once one does, its script stands here, and waits for another person than its author."
              />
            ) : null}
            <TextInput
              aria-label="Find a script"
              placeholder="Find: a path or a job"
              type="search"
              maw={480}
              value={given}
              onChange={(event) => setGiven(event.currentTarget.value)}
            />
            <Loaded query={files}>{(found) => <Found approvals={approvals} files={found} text={text} />}</Loaded>
          </>
        )}
      </Loaded>
    </Page>
  );
}
