import { Popover, Stack, Text, UnstyledButton } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { SchedulerShape, Worker } from 'job-trigger-contract';
import { Elapsed } from '../../components/duration.tsx';
import { WorkerBadge } from '../../components/state-badge.tsx';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { fleetOf } from './fleet.ts';

function Member({ member, facts }: { readonly member: Worker | SchedulerShape; readonly facts: string }) {
  return (
    <div>
      <Text size="sm" fw={600} component="div">
        {member.name} <WorkerBadge state={member.state} />
      </Text>
      <Text size="xs" c="dimmed" component="div">
        {facts} · up <Elapsed since={member.started_at} /> · heard{' '}
        <When at={member.last_heartbeat_at} precision="second" />
      </Text>
    </div>
  );
}

/** Whether anybody plans and anybody carries out, on every page; who, on hover, focus and tap. */
export function FleetPill() {
  const [opened, details] = useDisclosure(false);
  const every = { refetchInterval: 10_000 } as const;
  const workers = useQuery({ queryKey: ['workers'], queryFn: () => api.listWorkers({}), ...every });
  const schedulers = useQuery({ queryKey: ['schedulers'], queryFn: () => api.listSchedulers({}), ...every });
  const known = workers.data !== undefined && schedulers.data !== undefined;
  const fleet = known
    ? fleetOf(workers.data.items, schedulers.data.items)
    : { kind: 'connecting', words: 'Connecting', advice: null };
  return (
    <Popover opened={opened} onChange={details.toggle} width={340} withArrow trapFocus={false}>
      <Popover.Target>
        <UnstyledButton
          className={`jtp-pill jtp-pill-${fleet.kind}`}
          aria-label={`Workers and schedulers: ${fleet.words}`}
          onMouseEnter={details.open}
          onMouseLeave={details.close}
          onFocus={details.open}
          onBlur={details.close}
          onClick={details.open}
        >
          {fleet.words}
        </UnstyledButton>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          {fleet.advice === null ? null : <Text size="sm">{fleet.advice}</Text>}
          {(workers.data?.items ?? []).map((worker) => (
            <Member
              key={worker.id}
              member={worker}
              facts={`worker · ${worker.slots_used} of ${worker.slots} slots · ${worker.processed} done in 24 h`}
            />
          ))}
          {(schedulers.data?.items ?? []).map((scheduler) => (
            <Member key={scheduler.id} member={scheduler} facts="scheduler" />
          ))}
          <Link to="/workers" className="jtp-link">
            All workers and schedulers
          </Link>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
