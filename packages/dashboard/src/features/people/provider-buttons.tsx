import { Button, Stack } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { api } from '../../lib/api.ts';

/** Whom people may sign in through; none while nobody knows. */
export function useProviders() {
  return (
    useQuery({ queryKey: ['providers'], queryFn: () => api.listProviders(), staleTime: Infinity }).data?.items ?? []
  );
}

interface ProviderButtonsProps {
  /** What a button says before the provider's name. */
  readonly verb: string;
  /** Begins, and answers the provider's page. */
  readonly begin: (name: string) => Promise<{ readonly url: string }>;
}

/** One button a provider; nothing where there is none. */
export function ProviderButtons({ verb, begin }: ProviderButtonsProps) {
  const providers = useProviders();
  const [failure, setFailure] = useState<unknown>(null);
  const [going, setGoing] = useState<string | null>(null);

  async function go(name: string): Promise<void> {
    setFailure(null);
    setGoing(name);
    try {
      window.location.assign((await begin(name)).url);
    } catch (error) {
      setFailure(error);
      setGoing(null);
    }
  }
  if (providers.length === 0) return null;
  return (
    <Stack gap="xs">
      {failure === null ? null : <ErrorPanel error={failure} />}
      {providers.map(({ name, label }) => (
        <Button
          key={name}
          variant="default"
          loading={going === name}
          disabled={going !== null && going !== name}
          rightSection={<IconExternalLink size={16} aria-hidden="true" />}
          onClick={() => void go(name)}
        >
          {verb} {label}
        </Button>
      ))}
    </Stack>
  );
}
