import { Checkbox, Fieldset, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../lib/api.ts';

interface KindsFieldProps {
  /** Null until somebody chooses: what the server takes then. */
  readonly value: readonly string[] | null;
  readonly error?: string | undefined;
  readonly change: (kinds: readonly string[]) => void;
}

const groupNames: Readonly<Record<string, string>> = {
  run: 'Runs',
  alert: 'Alerts',
  worker: 'Workers',
  monitor: 'Monitors',
  job: 'Jobs',
  webhook: 'Webhooks',
};

const groupOf = (kind: string): string => kind.split('.')[0] ?? '';
const verbOf = (kind: string): string => (kind.split('.')[1] ?? '').replaceAll('_', ' ');

/** Kinds of events as check boxes, by group; a whole group is one box. */
export function KindsField({ value, error, change }: KindsFieldProps) {
  const kinds = useQuery({ queryKey: ['webhook-kinds'], queryFn: () => api.webhookKinds(), staleTime: Infinity });
  const chosen = value ?? kinds.data?.default ?? [];
  const groups = [...new Set((kinds.data?.items ?? []).map(groupOf))];
  const toggle = (kind: string, on: boolean): void =>
    change(on ? [...chosen, kind] : chosen.filter((each) => each !== kind));
  return (
    <Fieldset legend="Tell it about">
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="md">
        {groups.map((group) => {
          const whole = `${group}.*`;
          const isWhole = chosen.includes(whole);
          return (
            <Stack key={group} gap={6}>
              <Checkbox
                fw={500}
                label={`${groupNames[group] ?? group}: everything`}
                checked={isWhole}
                onChange={(event) =>
                  change([
                    ...chosen.filter((each) => groupOf(each) !== group),
                    ...(event.currentTarget.checked ? [whole] : []),
                  ])
                }
              />
              <Group gap="md" pl="md">
                {(kinds.data?.items ?? [])
                  .filter((kind) => groupOf(kind) === group)
                  .map((kind) => (
                    <Checkbox
                      key={kind}
                      label={verbOf(kind)}
                      aria-label={`${group} ${verbOf(kind)}`}
                      checked={isWhole || chosen.includes(kind)}
                      disabled={isWhole}
                      onChange={(event) => toggle(kind, event.currentTarget.checked)}
                    />
                  ))}
              </Group>
            </Stack>
          );
        })}
      </SimpleGrid>
      {error === undefined ? null : (
        <Text size="xs" c="red" role="alert">
          {error}
        </Text>
      )}
    </Fieldset>
  );
}
