import { Alert, Button, Group, Text } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { sayDone, sayFailed } from '../../components/say.ts';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { refreshTopics } from '../../lib/query.ts';
import { useMay } from '../runs/use-may.ts';

/** Shown while schedulers wait whether a clock that jumped far ahead is right; nothing else. */
export function ClockHold() {
  const refusal = useMay('operator');
  const schedulers = useQuery({
    queryKey: ['schedulers'],
    queryFn: () => api.listSchedulers({}),
    refetchInterval: 10_000,
  });
  const confirm = useMutation({
    mutationFn: () => api.confirmClock(),
    onSuccess: () => sayDone('Confirmed. Planning goes on.'),
    onError: sayFailed,
    onSettled: () => refreshTopics(['schedulers', 'jobs', 'events']),
  });
  const hold = schedulers.data?.items.find(({ clock_hold }) => clock_hold?.confirmed_at === null)?.clock_hold;
  if (hold === undefined || hold === null) return null;
  return (
    <Alert color="red" variant="outline" title="The clock jumped ahead; nothing is planned" className="jtp-alert">
      <Text size="sm">
        It went from <When at={hold.from} precision="second" /> to <When at={hold.to} precision="second" />. Planning
        goes on by itself once the clock has been stable for five minutes; what was due in between is then skipped, with
        the reason clock. If the new time is wrong, set the clock back: nothing has been planned by it.
      </Text>
      <Group mt="xs">
        <Button
          size="xs"
          variant="default"
          disabled={refusal !== null}
          title={refusal ?? undefined}
          loading={confirm.isPending}
          onClick={() => confirm.mutate()}
        >
          The new time is right
        </Button>
      </Group>
    </Alert>
  );
}
