import { Alert, Button, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { ProblemError } from 'job-trigger-contract';
import { useState } from 'react';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { useMay } from '../features/runs/use-may.ts';
import { emptyDraft } from '../features/scripts/script-draft.ts';
import { ScriptEditor } from '../features/scripts/script-editor.tsx';
import { useWriteScript } from '../features/scripts/use-write-script.ts';
import { api } from '../lib/api.ts';
import { fieldAt } from '../lib/field-errors.ts';
import { fieldErrors } from '../lib/problem.ts';

const clean = { ...emptyDraft, text: '#!/bin/sh\nset -eu\n' };

function NewScript() {
  const navigate = useNavigate();
  const [path, setPath] = useState('');
  const [draft, setDraft] = useState(clean);
  const write = useWriteScript((file) => void navigate({ to: '/scripts/file', search: { path: file.path } }));
  const errors = write.error instanceof ProblemError ? fieldErrors(write.error.problem) : {};
  return (
    <Panel title="What it holds">
      <TextInput
        label="Path"
        description="Inside the scripts folder; its ending chooses what reads it"
        placeholder="reports/nightly.sh"
        required
        mb="sm"
        maw={480}
        value={path}
        onChange={(event) => setPath(event.currentTarget.value)}
        {...fieldAt(errors, 'path')}
      />
      <ScriptEditor
        label="What the new script holds"
        clean={clean}
        draft={draft}
        setDraft={setDraft}
        save={() => write.mutate({ path: path.trim(), over: null, draft })}
        isSaving={write.isPending || write.isSuccess}
        error={Object.keys(errors).length > 0 ? null : write.error}
        named={(name) => {
          if (path.trim() === '') setPath(name);
        }}
        cancel={
          <Button variant="default" renderRoot={(root) => <Link to="/scripts" {...root} />}>
            Cancel
          </Button>
        }
      />
    </Panel>
  );
}

/** A new file for the scripts folder: written here, or taken from a file. */
export function NewScriptPage() {
  const refusal = useMay('editor');
  const query = useQuery({ queryKey: ['scripts'], queryFn: () => api.listScripts() });
  return (
    <Page
      title="New script"
      crumbs={
        <Link to="/scripts" className="jtp-link">
          Scripts
        </Link>
      }
    >
      <Loaded query={query}>
        {({ editing }) =>
          editing.allowed && refusal === null ? (
            <>
              <Text size="sm" c="dimmed">
                {editing.text}
              </Text>
              <NewScript />
            </>
          ) : (
            <Alert variant="outline" title="No script can be made here">
              {editing.allowed ? refusal : editing.text}
            </Alert>
          )
        }
      </Loaded>
    </Page>
  );
}
