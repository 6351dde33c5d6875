import { Button, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ProblemError, type Job, type Share, type ShareLevel } from 'job-trigger-contract';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { api } from '../../lib/api.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { emptyDraft, givenOf, levelWords, withShare, type ShareDraft } from './share-words.ts';
import { useShareActs } from './use-share-acts.ts';

const kinds = [
  { value: 'person', label: 'A person' },
  { value: 'team', label: 'A team' },
  { value: 'everyone', label: 'Everyone' },
] as const;

interface WhomFields {
  readonly draft: ShareDraft;
  readonly teams: readonly string[];
  readonly isWrong: boolean;
  readonly change: (part: Partial<ShareDraft>) => void;
}

/** The field that names whom; none for everyone. */
function WhomField({ draft, teams, isWrong, change }: WhomFields) {
  if (draft.kind === 'everyone') return null;
  if (draft.kind === 'person')
    return (
      <TextInput
        label="E-mail address"
        type="email"
        placeholder="noor@example.org"
        value={draft.email}
        error={isWrong}
        flex="1 1 220px"
        onChange={(event) => change({ email: event.currentTarget.value })}
      />
    );
  return (
    <NativeSelect
      label="Team"
      data={teams.length === 0 ? ['There is no team yet'] : [...teams]}
      disabled={teams.length === 0}
      value={draft.team}
      flex="1 1 220px"
      onChange={(event) => change({ team: event.currentTarget.value })}
    />
  );
}

/** What the server said of a field, or of all of it. */
function Refusal({ error, errors }: { readonly error: Error | null; readonly errors: readonly string[] }) {
  if (error === null) return null;
  if (errors.length === 0) return <ErrorPanel error={error} />;
  return (
    <p role="alert" className="jtp-field-error">
      {errors.join(' ')}
    </p>
  );
}

const namesOf = (teams: { readonly items: readonly { readonly name: string }[] } | undefined): readonly string[] =>
  teams?.items.map(({ name }) => name) ?? [];

/** One more share, or another level for the same. */
export function ShareForm({ job, items }: { readonly job: Job; readonly items: readonly Share[] }) {
  const { share } = useShareActs(job.id);
  const teams = namesOf(useQuery({ queryKey: ['teams'], queryFn: () => api.listTeams() }).data);
  const [draft, setDraft] = useState<ShareDraft>(emptyDraft);
  const change = (part: Partial<ShareDraft>): void => setDraft((before) => ({ ...before, ...part }));
  const added = givenOf(draft, teams);
  const errors = share.error instanceof ProblemError ? Object.values(fieldErrors(share.error.problem)) : [];
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (added !== null)
      share.mutate({ items: [...withShare(items, added)] }, { onSuccess: () => change({ email: '' }) });
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="xs">
        <Group align="flex-end" gap="sm">
          <NativeSelect
            label="Share with"
            data={[...kinds]}
            value={draft.kind}
            onChange={(event) => change({ kind: event.currentTarget.value as ShareDraft['kind'] })}
          />
          <WhomField draft={draft} teams={teams} isWrong={errors.length > 0} change={change} />
          <NativeSelect
            label="To"
            data={Object.entries(levelWords).map(([value, label]) => ({ value, label }))}
            value={draft.level}
            onChange={(event) => change({ level: event.currentTarget.value as ShareLevel })}
          />
          <Button type="submit" loading={share.isPending} disabled={added === null}>
            Share
          </Button>
        </Group>
        <Refusal error={share.error} errors={errors} />
      </Stack>
    </form>
  );
}
