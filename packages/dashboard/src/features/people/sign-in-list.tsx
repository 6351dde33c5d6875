import { Button, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Loaded } from '../../components/loaded.tsx';
import { Rows } from '../../components/rows.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';

/** The program and system that a browser says it is, shortly. */
function programOf(agent: string | null): string {
  if (agent === null) return 'unknown program';
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(agent)?.[1];
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1];
  const names: Readonly<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS' };
  const known = [browser, system].flatMap((name) => (name === undefined ? [] : [names[name] ?? name]));
  return known.length === 0 ? (agent.split(' ')[0] ?? agent) : known.join(' on ');
}

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
