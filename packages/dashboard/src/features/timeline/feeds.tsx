import { Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CopyButton } from '../../components/copy-text.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import type { JobsAsked } from './filter.ts';
import { portalAddress } from '../../lib/base.ts';

/** Addresses that calendar programs subscribe to: what is filtered now, read-only, each ended by a click. */
export function Feeds({ asked }: { readonly asked: JobsAsked }) {
  const client = useQueryClient();
  const [name, setName] = useState('');
  const [address, setAddress] = useState<string | null>(null);
  const feeds = useQuery({ queryKey: ['feeds'], queryFn: () => api.listFeeds({}) });
  const refresh = (): void => void client.invalidateQueries({ queryKey: ['feeds'] });
  const make = useMutation({
    mutationFn: () =>
      api.createFeed({
        body: { name, job_id: asked.job ?? null, tag: asked.tag ?? null, search: asked.search ?? null },
      }),
    onSuccess: (made) => {
      setAddress(`${portalAddress()}${made.path}`);
      setName('');
      refresh();
    },
    onError: sayFailed,
  });
  const end = useMutation({
    mutationFn: (id: string) => api.deleteFeed({ params: { id } }),
    onSuccess: () => {
      sayDone('The address no longer works.');
      refresh();
    },
    onError: sayFailed,
  });
  return (
    <Stack gap="sm">
      <Text size="sm">
        An address for calendar programs, with what is filtered here. Whoever has it can read names and times, nothing
        else.
      </Text>
      <Group align="flex-end">
        <TextInput label="Name" value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <Button variant="default" disabled={name.trim() === ''} loading={make.isPending} onClick={() => make.mutate()}>
          Make an address
        </Button>
      </Group>
      {address === null ? null : (
        <Alert variant="outline" title="Shown only now">
          <CopyButton text={address} label="Copy the address" />
          <Text size="sm" className="jtp-break">
            {address}
          </Text>
        </Alert>
      )}
      <Loaded query={feeds} rows={2}>
        {({ items }) =>
          items.length === 0 ? (
            <Text size="sm">No address was made yet.</Text>
          ) : (
            <ul className="jtp-plain-list">
              {items.map((feed) => (
                <li key={feed.id}>
                  <Group justify="space-between">
                    <Text size="sm">
                      {feed.name}
                      {feed.tag === null ? '' : ` · tag ${feed.tag}`}
                      {feed.search === null ? '' : ` · “${feed.search}”`} · made <When at={feed.created_at} />
                    </Text>
                    <Button
                      size="xs"
                      variant="default"
                      onClick={() => end.mutate(feed.id)}
                      aria-label={`End ${feed.name}`}
                    >
                      End
                    </Button>
                  </Group>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </Stack>
  );
}
