import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ProblemError, type Job, type Share, type ShareLevel } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { api } from '../../lib/api.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { levelWords, withShare } from './share-words.ts';
import { useShareActs } from './use-share-acts.ts';

type Kind = Share['with'];

const kinds = [
  { value: 'person', label: 'A person' },
  { value: 'team', label: 'A team' },
  { value: 'everyone', label: 'Everyone' },
] as const;

/** One more share, or another level for the same. */
export function ShareForm({ job, items }: { readonly job: Job; readonly items: readonly Share[] }) {
  const { share } = useShareActs(job.id);
  const teams = useQuery({ queryKey: ['teams'], queryFn: () => api.listTeams() });
  const names = teams.data?.items.map(({ name }) => name) ?? [];
  const [kind, setKind] = useState<Kind>('person');
  const [email, setEmail] = useState('');
  const [team, setTeam] = useState('');
  const [level, setLevel] = useState<ShareLevel>('view');
  const chosen = team === '' ? (names[0] ?? '') : team;
  const added =
    kind === 'everyone'
      ? { with: kind, level }
      : kind === 'team'
        ? { with: kind, team: chosen, level }
        : { with: kind, email: email.trim(), level };
  const isReady = kind === 'everyone' || (kind === 'team' ? chosen !== '' : email.includes('@'));
  const errors = share.error instanceof ProblemError ? Object.values(fieldErrors(share.error.problem)) : [];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isReady) share.mutate({ items: [...withShare(items, added)] }, { onSuccess: () => setEmail('') });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="xs">
        {share.isError && errors.length === 0 ? <ErrorPanel error={share.error} /> : null}
        <Group align="flex-end" gap="sm">
          <NativeSelect
            label="Share with"
            data={[...kinds]}
            value={kind}
            onChange={(event) => setKind(event.currentTarget.value as Kind)}
          />
          {kind === 'person' ? (
            <TextInput
              label="E-mail address"
              type="email"
              placeholder="noor@example.org"
              value={email}
              error={errors.length > 0}
              flex="1 1 220px"
              onChange={(event) => setEmail(event.currentTarget.value)}
            />
          ) : null}
          {kind === 'team' ? (
            <NativeSelect
              label="Team"
              data={names.length === 0 ? ['There is no team yet'] : names}
              disabled={names.length === 0}
              value={chosen}
              flex="1 1 220px"
              onChange={(event) => setTeam(event.currentTarget.value)}
            />
          ) : null}
          <NativeSelect
            label="To"
            data={Object.entries(levelWords).map(([value, label]) => ({ value, label }))}
            value={level}
            onChange={(event) => setLevel(event.currentTarget.value as ShareLevel)}
          />
          <Button type="submit" loading={share.isPending} disabled={!isReady}>
            Share
          </Button>
        </Group>
        {errors.length === 0 ? null : (
          <p role="alert" className="jtp-field-error">
            {errors.join(' ')}
          </p>
        )}
      </Stack>
    </form>
  );
}
