import { Box, Button, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Loaded } from '../../components/loaded.tsx';
import { Rows } from '../../components/rows.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { ProviderButtons } from './provider-buttons.tsx';
import { useLinks } from './use-links.ts';

/** Providers that vouch for whoever asks, each to be taken off, and those that may be added. */
export function LinkList() {
  const client = useQueryClient();
  const query = useLinks();
  const remove = useMutation({
    mutationFn: (id: string) => api.removeLink({ params: { id } }),
    onSuccess: () => {
      sayDone('That sign-in is taken off your account.');
      void client.invalidateQueries({ queryKey: ['links'] });
    },
    onError: sayFailed,
  });
  return (
    <Loaded query={query}>
      {({ items, password }) => (
        <Stack>
          {items.length === 0 ? (
            <Text size="sm" c="dimmed">
              You sign in with your password alone.
            </Text>
          ) : (
            <Rows
              label="Linked sign-ins"
              items={items}
              keyOf={({ id }) => id}
              columns={[
                {
                  title: 'Through',
                  cell: ({ provider }) => <span className="jtp-cell-name jtp-break">{provider}</span>,
                },
                { title: 'Account there', cell: ({ account }) => <span className="jtp-break">{account}</span> },
                { title: 'Since', cell: ({ created_at }) => <When at={created_at} /> },
                { title: 'Last used', cell: ({ last_used_at }) => <When at={last_used_at} /> },
                {
                  title: 'Act',
                  cell: ({ id, provider, account }) =>
                    !password && items.length === 1 ? (
                      <Text size="sm" c="dimmed">
                        your only way in
                      </Text>
                    ) : (
                      <Button
                        size="xs"
                        variant="default"
                        aria-label={`Take off ${account} at ${provider}`}
                        onClick={() => remove.mutate(id)}
                      >
                        Take off
                      </Button>
                    ),
                },
              ]}
            />
          )}
          <Box maw={320}>
            <ProviderButtons verb="Add" begin={(name) => api.beginLink({ params: { name } })} />
          </Box>
        </Stack>
      )}
    </Loaded>
  );
}
