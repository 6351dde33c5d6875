import { Alert, Group, Stack, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Loading } from '../../components/loading.tsx';
import { useNow } from '../../lib/store.ts';
import { relativeText, shortText } from '../../lib/time.ts';
import { CountSelect, Facts, Instants } from './preview-parts.tsx';
import { comingOf, previewAll, type Coming, type Previewed } from './preview-query.ts';
import type { ScheduleDraft } from './schedule-draft.ts';

function One({ shown, numbered }: { readonly shown: Previewed; readonly numbered: boolean }) {
  const { place, preview, problem, active, zone } = shown;
  const name = numbered ? `Schedule ${place + 1}` : null;
  if (problem !== null)
    return (
      <Alert
        variant="outline"
        color="red"
        title={`${name ?? 'This schedule'} is refused:`}
        className="jtp-alert"
        role="alert"
      >
        {problem}
      </Alert>
    );
  if (preview === null) return null;
  return (
    <Stack gap={6}>
      <Text size="sm" fw={600}>
        {name === null ? '' : `${name}: `}
        {preview.description}
        {active ? '' : ' (switched off)'}
      </Text>
      <Facts preview={preview} zone={zone} />
    </Stack>
  );
}

interface Facing {
  readonly drafts: readonly ScheduleDraft[];
  readonly waits: boolean;
  readonly next: Coming | undefined;
  readonly wrong: boolean;
}

/** What stands in sight wherever the form is scrolled to. */
function useNextWords({ drafts, waits, next, wrong }: Facing): string {
  const now = useNow('half-minute');
  if (drafts.length === 0) return waits ? 'Next: after the jobs it depends on' : 'Next: none, it has no schedule';
  if (next !== undefined) {
    const at = Date.parse(next.at);
    return `Next: ${shortText(at, next.zone, now)} · ${relativeText(at, now)}`;
  }
  return wrong ? 'Next: none, a schedule is refused' : 'Next: none';
}

interface LivePreviewProps {
  /** It starts after other jobs. */
  readonly waits: boolean;
  readonly drafts: readonly ScheduleDraft[];
  readonly jobId: string | undefined;
}

/** What the schedules that are being written would do, beside the form; on a phone a sheet that opens. */
export function LivePreview({ drafts, waits, jobId }: LivePreviewProps) {
  const client = useQueryClient();
  const [settled] = useDebouncedValue(drafts, 250);
  const [count, setCount] = useState(10);
  const [open, setOpen] = useState(false);
  const id = useId();
  const query = useQuery({
    queryKey: ['preview', 'all', settled, jobId, count],
    queryFn: () => previewAll(client, settled, { jobId, count }),
    placeholderData: (before) => before,
    retry: false,
    refetchInterval: 60_000,
  });
  // One that was just taken away or added is not in what stands from before.
  const shown = query.data?.length === settled.length ? query.data : undefined;
  const coming = comingOf(shown ?? [], count);
  const numbered = settled.length > 1;
  const words = useNextWords({
    drafts: settled,
    waits,
    next: coming[0],
    wrong: shown?.some(({ problem }) => problem !== null) === true,
  });
  const Chevron = open ? IconChevronDown : IconChevronUp;
  return (
    <section className="jtp-live" aria-labelledby={`${id}-title`} data-open={open}>
      <Title order={2} size="h4" id={`${id}-title`} className="jtp-live-title">
        When it will run
      </Title>
      <button
        type="button"
        className="jtp-live-bar"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        <span>{words}</span>
        <Chevron size={18} aria-hidden="true" />
      </button>
      <div id={id} className="jtp-live-body">
        <Stack gap="sm" aria-live="polite">
          <Group justify="space-between" gap="xs" wrap="nowrap" className="jtp-live-next">
            <Text size="sm" fw={600}>
              {words}
            </Text>
            {coming.length === 0 ? null : <CountSelect count={count} change={setCount} />}
          </Group>
          {query.isError ? <ErrorPanel error={query.error} retry={() => void query.refetch()} /> : null}
          {shown === undefined && query.isFetching ? <Loading rows={4} /> : null}
          {settled.length === 0 ? (
            <Text size="sm">
              {waits ? '' : 'It runs when somebody asks for it. '}Add a schedule under “When” to see what it would do.
            </Text>
          ) : null}
          {coming.length === 0 ? null : <Instants coming={coming} numbered={numbered} />}
          {(shown ?? []).map((one) => (
            <One key={one.place} shown={one} numbered={numbered} />
          ))}
        </Stack>
      </div>
    </section>
  );
}
