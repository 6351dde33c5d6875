import { Badge, Button, Code, Group, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Hook, Job } from 'job-trigger-contract';
import { useState } from 'react';
import { CopyButton } from '../../components/copy-text.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Panel } from '../../components/panel.tsx';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { useMay } from '../runs/use-may.ts';
import { HookActs } from './hook-acts.tsx';
import { HookDialog } from './hook-dialog.tsx';
import { curlOfHook } from './hook-sample.ts';
import { portalAddress } from '../../lib/base.ts';

function Mapping({ mapping }: Pick<Hook, 'mapping'>) {
  if (mapping === null) return <Text size="sm">Parameters are the fields of the body that are named as they are.</Text>;
  const pairs = Object.entries(mapping);
  return (
    <Text size="sm" className="jtp-break">
      {pairs.length === 0 ? 'No parameter is taken from the body.' : null}
      {pairs.map(([name, path], at) => (
        <span key={name}>
          {at === 0 ? '' : ', '}
          {name} from <code>{path}</code>
        </span>
      ))}
    </Text>
  );
}

function One({ job, hook, refusal }: { readonly job: Job; readonly hook: Hook; readonly refusal: string | null }) {
  const address = `${portalAddress()}${hook.path}`;
  const sample = curlOfHook(hook, job, portalAddress());
  return (
    <Panel
      title={hook.name}
      aside={job.deleted_at === null ? <HookActs job={job} hook={hook} refusal={refusal} /> : undefined}
    >
      <Stack gap="xs">
        <Group gap="xs">
          <Badge variant="default" tt="none">
            {hook.active ? 'on' : 'off'}
          </Badge>
          <Text size="sm" component="span">
            {hook.kind === 'keyed' ? 'Its sender shows a key.' : 'Its sender signs each message.'} Last used:{' '}
            {hook.last_used_at === null ? 'never' : <When at={hook.last_used_at} />}
          </Text>
        </Group>
        <Mapping mapping={hook.mapping} />
        <Group gap="xs">
          <Text size="sm" component="span" className="jtp-break" ff="monospace">
            {address}
          </Text>
          <CopyButton text={address} label="Copy the address" />
        </Group>
        <Code block tabIndex={0} aria-label={`Sample message for ${hook.name}`}>
          {sample}
        </Code>
        <div>
          <CopyButton text={sample} label="Copy the sample" />
        </div>
      </Stack>
    </Panel>
  );
}

/** Ways in for other programs: what arrives starts a run of the job. */
export function HooksTab({ job }: { readonly job: Job }) {
  const [isAdding, setAdding] = useState(false);
  const refusal = useMay('editor');
  const query = useQuery({
    queryKey: ['hooks', job.id],
    queryFn: () => api.listHooks({ params: { id: job.id } }),
    refetchInterval: 10_000,
  });
  const add = (
    <Button disabled={refusal !== null} title={refusal ?? undefined} onClick={() => setAdding(true)}>
      Add incoming hook
    </Button>
  );
  return (
    <Loaded query={query}>
      {({ items }) => (
        <Stack>
          {items.length === 0 ? (
            <EmptyState
              title="No incoming hook yet"
              text="It lets another program start a run of this job, by a message that is signed or shows a key."
            >
              {add}
            </EmptyState>
          ) : (
            <>
              <Group justify="flex-end">{add}</Group>
              {items.map((hook) => (
                <One key={hook.id} job={job} hook={hook} refusal={refusal} />
              ))}
            </>
          )}
          {isAdding ? <HookDialog job={job} onClose={() => setAdding(false)} /> : null}
        </Stack>
      )}
    </Loaded>
  );
}
