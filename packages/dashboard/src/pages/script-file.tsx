import { Alert, Button, List, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { ScriptFile } from 'job-trigger-contract';
import { useState } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { sayFailed } from '../components/say.ts';
import { useMay } from '../features/runs/use-may.ts';
import { DeleteScript } from '../features/scripts/delete-script.tsx';
import { draftOf, emptyDraft, hasMixedEnds, type ScriptDraft } from '../features/scripts/script-draft.ts';
import { ScriptEditor } from '../features/scripts/script-editor.tsx';
import { PlainLines } from '../features/scripts/script-lines.tsx';
import { ScriptVersions } from '../features/scripts/script-versions.tsx';
import { useWriteScript } from '../features/scripts/use-write-script.ts';
import { api } from '../lib/api.ts';

const queryOf = (path: string) => ({
  queryKey: ['scripts', 'file', path],
  queryFn: () => api.readScript({ query: { path } }),
});

const cleanOf = ({ is_text, text }: ScriptFile): ScriptDraft => (is_text ? draftOf(text) : emptyDraft);

interface EditingProps {
  readonly file: ScriptFile;
  /** Where the editor begins. */
  readonly start: ScriptDraft;
  readonly close: () => void;
}

/** On the content that was there when it was opened: a newer one is met when it is saved. */
function Editing({ file, start, close }: EditingProps) {
  const client = useQueryClient();
  const [base, setBase] = useState(file);
  const [draft, setDraft] = useState(start);
  const write = useWriteScript(close);
  const save = (over: string): void => write.mutate({ path: file.path, over, draft });
  async function takeTheirs(): Promise<void> {
    const theirs = await client.fetchQuery({ ...queryOf(file.path), staleTime: 0 });
    setBase(theirs);
    setDraft(cleanOf(theirs));
    write.reset();
  }
  return (
    <Stack gap="sm">
      {base.is_text && hasMixedEnds(base.text) ? (
        <Text size="sm">Some of its lines end with CR LF and some with LF. Saved from here, all end with LF.</Text>
      ) : null}
      <ScriptEditor
        label={`What ${file.path} holds`}
        clean={cleanOf(base)}
        draft={draft}
        setDraft={setDraft}
        save={() => save(base.sha256)}
        isSaving={write.isPending || write.isSuccess}
        error={write.error}
        settle={{ theirs: () => void takeTheirs().catch(sayFailed), over: save }}
        cancel={
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
        }
      />
    </Stack>
  );
}

/** The content, with what to look at. */
function Content({ file: { path, text, is_text, hints } }: { readonly file: ScriptFile }) {
  const lines = text.replace(/\n$/, '').split('\n');
  return (
    <Stack gap="sm">
      {hints.length === 0 ? null : (
        <List size="sm">
          {hints.map(({ code, text: said, line }) => (
            <List.Item key={`${code} ${line}`}>
              {line === null ? '' : `Line ${line}: `}
              {said}
            </List.Item>
          ))}
        </List>
      )}
      {is_text ? (
        <PlainLines
          label={`What ${path} holds`}
          lines={lines.map((line, at) => ({ kind: 'same', before: at + 1, after: at + 1, text: line }))}
        />
      ) : (
        <Text size="sm" c="dimmed">
          It is no text, and cannot be shown here.
        </Text>
      )}
    </Stack>
  );
}

function Jobs({ jobs }: Pick<ScriptFile, 'jobs'>) {
  if (jobs.length === 0)
    return (
      <Text size="sm" c="dimmed">
        No job that you see runs it.
      </Text>
    );
  return (
    <List size="sm">
      {jobs.map(({ id, name, active }) => (
        <List.Item key={id}>
          <Link to="/jobs/$id" params={{ id }} className="jtp-link">
            {name}
          </Link>
          {active ? '' : ' (paused)'}
        </List.Item>
      ))}
    </List>
  );
}

interface ActsProps {
  readonly refusal: string | null;
  readonly edit: () => void;
  readonly remove: () => void;
}

function Acts({ refusal, edit, remove }: ActsProps) {
  const may = { disabled: refusal !== null, title: refusal ?? undefined };
  return (
    <>
      <Button {...may} onClick={edit}>
        Edit
      </Button>
      <Button variant="default" {...may} onClick={remove}>
        Delete
      </Button>
    </>
  );
}

function ReviewLink({ file: { approval_required, review } }: { readonly file: ScriptFile }) {
  if (!approval_required || review === null) return null;
  return (
    <Button variant="default" renderRoot={(root) => <Link to="/scripts/$id" params={{ id: review }} {...root} />}>
      Review
    </Button>
  );
}

function Refused({ file: { editing }, refusal }: { readonly file: ScriptFile; readonly refusal: string | null }) {
  if (refusal === null) return null;
  const title = editing.allowed ? 'You do not change this one' : 'Scripts are read here, and not changed';
  return (
    <Alert variant="outline" title={title} className="jtp-break">
      {refusal}
    </Alert>
  );
}

async function draftOfVersion(path: string, number: number): Promise<ScriptDraft> {
  const { content, encoding } = await api.scriptVersion({ query: { path, number } });
  if (encoding === 'text') return draftOf(content);
  return { ...emptyDraft, bytes: { base64: content, size: atob(content).length, name: `version ${number}` } };
}

function Script({ file }: { readonly file: ScriptFile }) {
  const navigate = useNavigate();
  const role = useMay('editor');
  const [start, setStart] = useState<ScriptDraft | null>(null);
  const [isAsking, setAsking] = useState(false);
  const { path, editing } = file;
  const refusal = editing.allowed ? (role ?? file.refusal) : editing.text;
  const bring = (number: number): void => void draftOfVersion(path, number).then(setStart, sayFailed);
  return (
    <Page
      title={path}
      documentTitle={`Script: ${path}`}
      crumbs={
        <Link to="/scripts" className="jtp-link">
          Scripts
        </Link>
      }
      acts={
        <>
          <ReviewLink file={file} />
          {start === null ? (
            <Acts refusal={refusal} edit={() => setStart(cleanOf(file))} remove={() => setAsking(true)} />
          ) : null}
        </>
      }
    >
      <Refused file={file} refusal={refusal} />
      <Panel title="What it holds">
        <Text size="sm" c="dimmed" mb="sm" className="jtp-break">
          {file.bytes.toLocaleString('en')} bytes · SHA-256 {file.sha256}
        </Text>
        {start === null ? <Content file={file} /> : <Editing file={file} start={start} close={() => setStart(null)} />}
      </Panel>
      <Panel title="Jobs that run it">
        <Jobs jobs={file.jobs} />
      </Panel>
      <Panel title="Versions">
        <ScriptVersions file={file} bring={refusal === null && start === null ? bring : null} />
      </Panel>
      {isAsking ? (
        <DeleteScript file={file} close={() => setAsking(false)} deleted={() => void navigate({ to: '/scripts' })} />
      ) : null}
    </Page>
  );
}

/** One file of the scripts folder: what it holds, what runs it, and, where configuration allows it, the way to change it. */
export function ScriptFilePage() {
  const { path }: { path?: unknown } = useSearch({ strict: false });
  const asked = typeof path === 'string' ? path : '';
  const query = useQuery({ ...queryOf(asked), enabled: asked !== '' });
  if (asked === '')
    return (
      <Page title="Script">
        <EmptyState title="No script is named." text="Choose one from the list of scripts." />
      </Page>
    );
  return <Loaded query={query}>{(file) => <Script key={file.path} file={file} />}</Loaded>;
}
