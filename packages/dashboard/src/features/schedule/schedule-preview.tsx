import { Alert, Group, NativeSelect, Stack, Table, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { ProblemError, type Preview } from 'job-trigger-contract';
import { useState } from 'react';
import { Countdown } from '../../components/countdown.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Loading } from '../../components/loading.tsx';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { browserZone, shortText } from '../../lib/time.ts';
import { inputOf, type ScheduleDraft } from './schedule-draft.ts';

function ClockChanges({ changes, zone }: { readonly changes: Preview['clock_changes']; readonly zone: string }) {
  if (changes.length === 0) return <Text size="sm">{zone} has no clock change in the year ahead.</Text>;
  return (
    <Stack gap={4} component="ul" className="jtp-plain-list" aria-label="Clock changes in the year ahead">
      {changes.map(({ at, sentence, effect }) => (
        <Text key={at} size="sm" component="li">
          {sentence} <strong>{effect}</strong>
        </Text>
      ))}
    </Stack>
  );
}

function Instants({ preview, zone }: { readonly preview: Preview; readonly zone: string }) {
  const mine = browserZone();
  return (
    <Table.ScrollContainer
      minWidth={340}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': 'Coming runs' } }}
    >
      <Table verticalSpacing={4} horizontalSpacing={6} fz={13} aria-label="Coming runs">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{zone}</Table.Th>
            {mine === zone ? null : <Table.Th scope="col">Mine ({mine})</Table.Th>}
            <Table.Th scope="col" className="jtp-wide">
              UTC
            </Table.Th>
            <Table.Th scope="col">In</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {preview.items.map(({ at, notes }) => (
            <Table.Tr key={at}>
              <Table.Td>
                <time dateTime={at}>{shortText(Date.parse(at), zone)}</time>
                {notes.map((note) => (
                  <Text key={note.code} size="xs" className="jtp-state-attention">
                    {note.sentence}
                  </Text>
                ))}
              </Table.Td>
              {mine === zone ? null : <Table.Td className="jtp-one-line">{shortText(Date.parse(at), mine)}</Table.Td>}
              <Table.Td className="jtp-wide jtp-one-line">{shortText(Date.parse(at), 'UTC')}</Table.Td>
              <Table.Td className="jtp-one-line">
                <Countdown at={at} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

interface SchedulePreviewProps {
  readonly schedule: ScheduleDraft;
  /** The job in force, to tell the difference. */
  readonly jobId?: string | undefined;
  /** What the schedule says stands above it already. */
  readonly described?: boolean;
}

/** The next ten instants in the schedule's zone, the viewer's and UTC: what the scheduler itself would do. */
export function SchedulePreview({ schedule, jobId, described = false }: SchedulePreviewProps) {
  const [settled] = useDebouncedValue(schedule, 300);
  const [count, setCount] = useState(10);
  const id = typeof settled['id'] === 'string' ? settled['id'] : null;
  const query = useQuery({
    queryKey: ['preview', settled, jobId, count],
    queryFn: () =>
      api.preview({
        body: {
          schedule: inputOf(settled),
          count,
          // A schedule without an id comes besides those that are there.
          ...(jobId === undefined ? {} : { job_id: jobId, replaces: id }),
        },
      }),
    placeholderData: (before) => before,
    retry: false,
  });
  if (query.error instanceof ProblemError && query.error.status === 422)
    return (
      <Alert variant="outline" color="red" title="This schedule cannot be" className="jtp-alert" role="alert">
        {(query.error.problem.errors ?? []).map((field) => field.message).join(' ') || query.error.message}
      </Alert>
    );
  if (query.isError) return <ErrorPanel error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Loading rows={4} />;
  const preview = query.data;
  const zone = typeof settled['timezone'] === 'string' ? settled['timezone'] : browserZone();
  return (
    <Stack gap="xs" aria-live="polite">
      {described ? null : <Text fw={600}>{preview.description}</Text>}
      {preview.warnings
        .filter(({ code }) => code !== 'clock_change')
        .map((note) => (
          <Text key={note.code} size="sm" className="jtp-state-attention">
            {note.sentence}
          </Text>
        ))}
      {preview.items.length === 0 ? (
        <Text size="sm">No instant is ahead.</Text>
      ) : (
        <Instants preview={preview} zone={zone} />
      )}
      {preview.skipped.map((skip) => (
        <Text key={skip.from} size="sm" c="dimmed">
          {skip.count} skipped from <When at={skip.from} zone={zone} planned /> to{' '}
          <When at={skip.to} zone={zone} planned />: {skip.reason_text}
        </Text>
      ))}
      <Group justify="space-between" align="center">
        <Text size="sm">{preview.past.sentence}</Text>
        <NativeSelect
          size="xs"
          aria-label="How many instants"
          data={['10', '25', '50'].map((value) => ({ value, label: `Next ${value}` }))}
          value={String(count)}
          onChange={(event) => setCount(Number(event.currentTarget.value))}
        />
      </Group>
      {preview.difference === undefined ? null : <Text size="sm">{preview.difference}</Text>}
      <ClockChanges changes={preview.clock_changes} zone={zone} />
    </Stack>
  );
}
