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

interface ShownTo {
  readonly job: Job;
  readonly access: JobAccess;
}

/** Null for who may share it, else who can. */
const refusalOf = ({ level, owner }: JobAccess): string | null =>
  level === 'own' ? null : `${owner?.name ?? 'An administrator'} can share it.`;

const mayList = ({ level }: JobAccess): boolean => level === 'own' || level === 'edit';

function useShares(job: Job, { enabled }: { readonly enabled: boolean }) {
  return useQuery({
    queryKey: ['job', job.id, 'shares'],
    queryFn: () => api.jobShares({ params: { id: job.id } }),
    enabled,
  });
}

/** Whose it is, and what that is to the one who looks. */
function OwnerPanel({ job, access }: ShownTo) {
  const [isGiving, setGiving] = useState(false);
  const shares = useShares(job, { enabled: mayList(access) });
  const refusal = refusalOf(access);
  const email = shares.data?.owner?.email;
  const give = (
    <Button
      variant="default"
      size="xs"
      disabled={refusal !== null}
      title={refusal ?? undefined}
      onClick={() => setGiving(true)}
    >
      Give away
    </Button>
  );
  return (
    <Panel title="Owner" aside={give}>
      <Stack gap={4}>
        <Text className="jtp-break">
          {access.owner?.name ?? 'Nobody'}
          {email === undefined ? null : <Text span c="dimmed">{` · ${email}`}</Text>}
        </Text>
        <Text size="sm" c="dimmed">
          {access.text}
        </Text>
      </Stack>
      {isGiving ? <GiveDialog job={job} onClose={() => setGiving(false)} /> : null}
    </Panel>
  );
}

function SharesPanel({ job, access }: ShownTo) {
  const shares = useShares(job, { enabled: true });
  const refusal = refusalOf(access);
  return (
    <Panel title="Shared with">
      <Loaded query={shares}>
        {({ items }) => (
          <Stack>
            <Shares job={job} items={items} refusal={refusal} />
            {refusal === null ? <ShareForm job={job} items={items} /> : <Text size="sm">{refusal}</Text>}
          </Stack>
        )}
      </Loaded>
    </Panel>
  );
}

/** Whose the job is, whom it is shared with, and why somebody sees it. */
export function SharingTab({ job }: { readonly job: Job }) {
  const access = useJobAccess(job.id);
  return (
    <Loaded query={access}>
      {(known) => (
        <Stack>
          <OwnerPanel job={job} access={known} />
          {mayList(known) ? <SharesPanel job={job} access={known} /> : null}
          {known.level === 'own' ? <WhyMay job={job} /> : null}
        </Stack>
      )}
    </Loaded>
  );
}
