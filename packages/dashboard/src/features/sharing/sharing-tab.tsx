import { Badge, Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Job, JobAccess, Share } from 'job-trigger-contract';
import { useState } from 'react';
import { EmptyState } from '../../components/empty-state.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Panel } from '../../components/panel.tsx';
import { Rows } from '../../components/rows.tsx';
import { api } from '../../lib/api.ts';
import { useJobAccess } from '../jobs/use-may-job.ts';
import { GiveDialog } from './give-dialog.tsx';
import { levelWords, whomOf } from './share-words.ts';
import { ShareForm } from './share-form.tsx';
import { useShareActs } from './use-share-acts.ts';
import { WhyMay } from './why-may.tsx';

function Shares({
  job,
  items,
  refusal,
}: {
  readonly job: Job;
  readonly items: readonly Share[];
  readonly refusal: string | null;
}) {
  const { set } = useShareActs(job.id);
  if (items.length === 0)
    return <EmptyState title="Shared with nobody" text="Only its owner and administrators see it." />;
  return (
    <Rows
      label="Shares"
      items={items}
      keyOf={(share) => `${share.with} ${whomOf(share)}`}
      columns={[
        { title: 'With', cell: (share) => <span className="jtp-cell-name">{share.name ?? 'Everyone'}</span> },
        {
          title: 'Kind',
          cell: ({ with: kind, email }) => <span className="jtp-break">{kind === 'person' ? email : kind}</span>,
        },
        {
          title: 'May',
          cell: ({ level }) => (
            <Badge variant="default" tt="none">
              {levelWords[level]}
            </Badge>
          ),
        },
        {
          title: 'Acts',
          cell: (share) => (
            <Button
              size="xs"
              variant="default"
              loading={set.isPending}
              disabled={refusal !== null}
              title={refusal ?? undefined}
              aria-label={`End the share with ${whomOf(share)}`}
              onClick={() => set.mutate({ items: items.filter((each) => each !== share) })}
            >
              End
            </Button>
          ),
        },
      ]}
    />
  );
}

function Content({ job, access }: { readonly job: Job; readonly access: JobAccess }) {
  const [isGiving, setGiving] = useState(false);
  const isOwn = access.level === 'own';
  const maySee = isOwn || access.level === 'edit';
  const refusal = isOwn ? null : `${access.owner?.name ?? 'An administrator'} can share it.`;
  const shares = useQuery({
    queryKey: ['job', job.id, 'shares'],
    queryFn: () => api.jobShares({ params: { id: job.id } }),
    enabled: maySee,
  });
  const give = (
    <Button variant="default" size="xs" disabled={!isOwn} title={refusal ?? undefined} onClick={() => setGiving(true)}>
      Give away
    </Button>
  );
  return (
    <Stack>
      <Panel title="Owner" aside={give}>
        <Stack gap={4}>
          <Text className="jtp-break">
            {access.owner?.name ?? 'Nobody'}
            {shares.data?.owner ? <Text span c="dimmed">{` · ${shares.data.owner.email}`}</Text> : null}
          </Text>
          <Text size="sm" c="dimmed">
            {access.text}
          </Text>
        </Stack>
      </Panel>
      {maySee ? (
        <Panel title="Shared with">
          <Loaded query={shares}>
            {({ items }) => (
              <Stack>
                <Shares job={job} items={items} refusal={refusal} />
                {isOwn ? <ShareForm job={job} items={items} /> : <Text size="sm">{refusal}</Text>}
              </Stack>
            )}
          </Loaded>
        </Panel>
      ) : null}
      {isOwn ? <WhyMay job={job} /> : null}
      {isGiving ? <GiveDialog job={job} onClose={() => setGiving(false)} /> : null}
    </Stack>
  );
}

/** Whose the job is, whom it is shared with, and why somebody sees it. */
export function SharingTab({ job }: { readonly job: Job }) {
  const access = useJobAccess(job.id);
  return <Loaded query={access}>{(known) => <Content job={job} access={known} />}</Loaded>;
}
