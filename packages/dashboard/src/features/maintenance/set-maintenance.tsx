import {
  Button,
  Group,
  Input,
  MultiSelect,
  NativeSelect,
  Radio,
  SegmentedControl,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { sayDone } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { serverNow } from '../../lib/clock.ts';
import { browserZone } from '../../lib/time.ts';
import { useMay } from '../runs/use-may.ts';
import { CostOf } from './maintenance-cost.tsx';
import {
  emptyDraft,
  isRequest,
  lengths,
  requestOf,
  type DraftFaults,
  type MaintenanceDraft,
} from './maintenance-draft.ts';
import { refreshAll } from './use-maintenance.ts';
import { resumeWords } from './words.ts';

interface PartProps {
  readonly draft: MaintenanceDraft;
  readonly change: (part: Partial<MaintenanceDraft>) => void;
  readonly faults: DraftFaults;
}

function Scope({ draft, change, faults }: PartProps) {
  const jobs = useQuery({
    queryKey: ['jobs', 'names'],
    queryFn: () => api.listJobs({ query: { limit: 500, sort: 'name' } }),
  });
  const items = jobs.data?.items ?? [];
  const known = [...new Set(items.flatMap(({ tags }) => tags))].sort();
  return (
    <Stack gap="xs">
      <Input.Wrapper label="What is held back">
        <div>
          <SegmentedControl
            aria-label="What is held back"
            value={draft.scope}
            onChange={(scope) => change({ scope })}
            data={[
              { value: 'all', label: 'All jobs' },
              { value: 'tags', label: 'Jobs by tag' },
              { value: 'jobs', label: 'Chosen jobs' },
            ]}
          />
        </div>
      </Input.Wrapper>
      {draft.scope === 'tags' ? (
        <TagsInput
          label="Tags"
          description="Jobs with one of them"
          data={known}
          value={[...draft.tags]}
          onChange={(tags) => change({ tags })}
          error={faults.scope}
        />
      ) : null}
      {draft.scope === 'jobs' ? (
        <MultiSelect
          label="Jobs"
          searchable
          data={items.map(({ id, name }) => ({ value: id, label: name }))}
          value={[...draft.jobs]}
          onChange={(chosen) => change({ jobs: chosen })}
          error={faults.scope}
        />
      ) : null}
    </Stack>
  );
}

function Times({ draft, change, faults }: PartProps) {
  const zones = [...new Set([browserZone(), 'UTC'])];
  return (
    <Group align="flex-start" gap="sm">
      <TextInput
        type="datetime-local"
        label="Begins"
        description="Now when empty"
        value={draft.from}
        onChange={(event) => change({ from: event.currentTarget.value })}
        error={faults.from}
      />
      <NativeSelect
        label="Lasts"
        description="From its beginning"
        data={[...lengths]}
        value={draft.length}
        onChange={(event) => change({ length: event.currentTarget.value })}
        error={draft.length === 'at' ? undefined : faults.until}
      />
      {draft.length === 'at' ? (
        <TextInput
          type="datetime-local"
          label="Ends"
          description="At this time"
          value={draft.until}
          onChange={(event) => change({ until: event.currentTarget.value })}
          error={faults.until}
        />
      ) : null}
      <NativeSelect
        label="In the zone"
        description="Of these times"
        data={zones}
        value={draft.zone}
        onChange={(event) => change({ zone: event.currentTarget.value })}
      />
    </Group>
  );
}

function Afterwards({ draft, change }: PartProps) {
  return (
    <Radio.Group
      label="What runs afterwards, of what was held back"
      value={draft.resume}
      onChange={(resume) => change({ resume })}
    >
      <Stack gap={6} mt={6}>
        {(['skip', 'one', 'all'] as const).map((resume) => (
          <Radio
            key={resume}
            value={resume}
            label={resumeWords[resume].label}
            description={resumeWords[resume].means}
          />
        ))}
      </Stack>
    </Radio.Group>
  );
}

/** Writes a window; it is set only after its cost was shown. */
export function SetMaintenance({ close }: { readonly close: () => void }) {
  const [draft, setDraft] = useState(() => emptyDraft(browserZone()));
  const [faults, setFaults] = useState<DraftFaults>({});
  const refusal = useMay('operator');
  const client = useQueryClient();
  const check = useMutation({
    mutationFn: (body: MaintenanceAsked) => api.setMaintenance({ body, query: { dry_run: 'true' } }),
  });
  const set = useMutation({
    mutationFn: (body: MaintenanceAsked) => api.setMaintenance({ body }),
    onSuccess: ({ window }) => {
      sayDone(window?.state === 'active' ? 'Maintenance is on.' : 'Maintenance is set.');
      refreshAll(client);
      close();
    },
  });
  /** A cost that was shown for something else is none. */
  function change(part: Partial<MaintenanceDraft>): void {
    setDraft({ ...draft, ...part });
    setFaults({});
    check.reset();
    set.reset();
  }
  function ask(send: (body: MaintenanceAsked) => void): void {
    const body = requestOf(draft, serverNow());
    if (isRequest(body)) send(body);
    else setFaults(body);
  }
  function submit(event: FormEvent): void {
    event.preventDefault();
    ask(check.mutate);
  }
  const part = { draft, change, faults };
  const failed = set.error ?? check.error;
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <Scope {...part} />
        <Times {...part} />
        <Afterwards {...part} />
        <TextInput
          label="Reason"
          description="Shown on every page while it lasts"
          value={draft.reason}
          maxLength={500}
          onChange={(event) => change({ reason: event.currentTarget.value })}
        />
        {failed === null ? null : <ErrorPanel error={failed} />}
        {check.data === undefined ? (
          <Text size="sm" c="dimmed">
            Next you see which runs it costs; nothing is set before. Runs that are at work are left alone, and people
            may still start jobs by hand.
          </Text>
        ) : (
          <CostOf cost={check.data.cost} />
        )}
        <Group>
          {check.data === undefined ? (
            <Button type="submit" loading={check.isPending} disabled={refusal !== null} title={refusal ?? undefined}>
              Show what it costs
            </Button>
          ) : (
            <Button loading={set.isPending} onClick={() => ask(set.mutate)}>
              Set maintenance
            </Button>
          )}
          <Button variant="default" onClick={close}>
            Close
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

type MaintenanceAsked = Parameters<typeof api.setMaintenance>[0]['body'];
