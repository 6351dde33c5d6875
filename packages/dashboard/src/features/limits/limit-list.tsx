import { Group, Stack, Text } from '@mantine/core';
import type { Limits } from 'job-trigger-contract';
import { CountButton } from './count-button.tsx';
import { useLimitActs } from './use-limit-acts.ts';

const words = (limit: number | null): string => (limit === null ? 'no limit' : `at most ${limit} at once`);

/** The limits of the system and of people. */
export function LimitList({ limits }: { readonly limits: Limits }) {
  const { limits: act } = useLimitActs();
  return (
    <Stack gap="sm">
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">
          All runs: {words(limits.system)}, {limits.running} running.
        </Text>
        <CountButton
          of="the system"
          text="So many runs of all jobs live at once, whatever slots the workers have."
          value={limits.system}
          least="admin"
          busy={act.isPending}
          onSave={(system, close) => act.mutate({ system }, { onSuccess: close })}
        />
      </Group>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">Runs of the jobs that belong to one person: {words(limits.person)}.</Text>
        <CountButton
          of="each person"
          text="So many runs of the jobs that belong to one person live at once. Jobs without an owner are not counted."
          value={limits.person}
          least="admin"
          busy={act.isPending}
          onSave={(person, close) => act.mutate({ person }, { onSuccess: close })}
        />
      </Group>
      {limits.people.map(({ email, name, limit, running }) => (
        <Text key={email} size="sm" className="jtp-anywhere">
          {name} ({email}): {words(limit)}, {running} running.
        </Text>
      ))}
    </Stack>
  );
}
