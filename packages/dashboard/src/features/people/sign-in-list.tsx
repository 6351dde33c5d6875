import { Button, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Loaded } from '../../components/loaded.tsx';
import { Rows } from '../../components/rows.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { programOf } from './program-of.ts';

/** Where whoever asks is signed in, each to be ended. */
export function SignInList() {
  const client = useQueryClient();
  const query = useQuery({ queryKey: ['sign-ins'], queryFn: () => api.listSessions(), refetchInterval: 30_000 });
  const end = useMutation({
    mutationFn: (id: string) => api.endSession({ params: { id } }),
    onSuccess: () => {
      sayDone('That sign-in has ended.');
      void client.invalidateQueries({ queryKey: ['sign-ins'] });
    },
    onError: sayFailed,
  });
  return (
    <Loaded query={query}>
      {({ items }) => (
        <Rows
          label="Sign-ins"
          items={items}
          keyOf={({ id }) => id}
          columns={[
            {
              title: 'Where',
              cell: ({ user_agent, current }) => (
                <span className="jtp-cell-name">
                  {programOf(user_agent)}
                  {current ? ' (here)' : ''}
                </span>
              ),
            },
            { title: 'Address', cell: ({ address }) => <span className="jtp-break">{address ?? '—'}</span> },
            { title: 'Since', cell: ({ created_at }) => <When at={created_at} /> },
            { title: 'Last seen', cell: ({ last_seen_at }) => <When at={last_seen_at} /> },
            {
              title: 'Act',
              cell: ({ id, current, user_agent }) =>
                current ? (
                  <Text size="sm" c="dimmed">
                    sign out in the menu
                  </Text>
                ) : (
                  <Button
                    size="xs"
                    variant="default"
                    aria-label={`End the sign-in of ${programOf(user_agent)}`}
                    onClick={() => end.mutate(id)}
                  >
                    End
                  </Button>
                ),
            },
          ]}
        />
      )}
    </Loaded>
  );
}
