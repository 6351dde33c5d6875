import { NativeSelect, Stack, Table, Text } from '@mantine/core';
import type { Preview } from 'job-trigger-contract';
import { Fragment } from 'react';
import { useNow } from '../../lib/store.ts';
import { browserZone, hasSeconds, relativeText, shortText, weekdayText } from '../../lib/time.ts';
import type { Coming } from './preview-query.ts';

/** A zone that may break where its name has a joint. */
function ZoneName({ zone }: { readonly zone: string }) {
  return zone.split(/(?<=[/_])/).map((part, at) => (
    <Fragment key={`${at} ${part}`}>
      {at === 0 ? null : <wbr />}
      {part}
    </Fragment>
  ));
}

interface InstantsProps {
  readonly coming: readonly Coming[];
  /** With several schedules each row names the one it belongs to. */
  readonly numbered: boolean;
}

/** Coming instants: in the schedule's zone, the viewer's and UTC, with what is to be known about each. */
export function Instants({ coming, numbered }: InstantsProps) {
  const mine = browserZone();
  const now = useNow('half-minute');
  // All alike: beside those that need their seconds, a full minute shows them, too.
  const exact = coming.some(({ at }) => hasSeconds(Date.parse(at)));
  const zones = [...new Set(coming.map(({ zone }) => zone))];
  const [zone = mine] = zones;
  const isMine = zones.length === 1 && zone === mine;
  const isUtc = zones.length === 1 && zone === 'UTC';
  return (
    <Table.ScrollContainer
      minWidth={320}
      scrollAreaProps={{ viewportProps: { tabIndex: 0, role: 'region', 'aria-label': 'Coming runs' } }}
    >
      <Table verticalSpacing={4} horizontalSpacing={6} fz={13} aria-label="Coming runs" className="jtp-instants">
        <Table.Thead>
          <Table.Tr>
            {numbered ? (
              <Table.Th scope="col" aria-label="Schedule">
                #
              </Table.Th>
            ) : null}
            <Table.Th scope="col">{zones.length === 1 ? <ZoneName zone={zone} /> : 'Zone of the schedule'}</Table.Th>
            {isMine ? null : (
              <Table.Th scope="col">
                Mine (<ZoneName zone={mine} />)
              </Table.Th>
            )}
            {isUtc || mine === 'UTC' ? null : (
              <Table.Th scope="col" className="jtp-wide">
                UTC
              </Table.Th>
            )}
            <Table.Th scope="col">In</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {coming.map(({ at, place, zone: own, notes }) => (
            <Table.Tr key={`${place} ${at}`}>
              {numbered ? <Table.Td>{place + 1}</Table.Td> : null}
              <Table.Td>
                <time dateTime={at} className="jtp-one-line">
                  {shortText(Date.parse(at), own, now, exact)}
                </time>
                {notes.map((note) => (
                  <Text key={note.code} size="xs" className="jtp-state-attention">
                    {note.sentence}
                  </Text>
                ))}
              </Table.Td>
              {isMine ? null : <Table.Td className="jtp-one-line">{weekdayText(Date.parse(at), mine, exact)}</Table.Td>}
              {isUtc || mine === 'UTC' ? null : (
                <Table.Td className="jtp-wide jtp-one-line">{weekdayText(Date.parse(at), 'UTC', exact)}</Table.Td>
              )}
              <Table.Td className="jtp-one-line">{relativeText(Date.parse(at), now).replace(/^in /, '')}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

export function CountSelect({ count, change }: { readonly count: number; readonly change: (count: number) => void }) {
  return (
    <NativeSelect
      size="xs"
      w={104}
      flex="none"
      aria-label="How many instants"
      data={['10', '25', '50'].map((value) => ({ value, label: `Next ${value}` }))}
      value={String(count)}
      onChange={(event) => change(Number(event.currentTarget.value))}
    />
  );
}

/** What warns, what is skipped, what would have been, and what the clocks do: everything beside the instants. */
export function Facts({ preview, zone }: { readonly preview: Preview; readonly zone: string }) {
  const now = useNow('half-minute');
  const { clock_changes: changes, difference, past, skipped, warnings } = preview;
  return (
    <Stack gap={6}>
      {warnings
        .filter(({ code }) => code !== 'clock_change')
        .map((note) => (
          <Text key={note.code} size="sm" className="jtp-state-attention">
            {note.sentence}
          </Text>
        ))}
      {skipped.map((skip) => (
        <Text key={skip.from} size="sm" c="dimmed">
          {skip.count} skipped, {shortText(Date.parse(skip.from), zone, now)}
          {skip.count === 1 ? '' : ` to ${shortText(Date.parse(skip.to), zone, now)}`}: {skip.reason_text}
        </Text>
      ))}
      {difference === undefined ? null : <Text size="sm">{difference}</Text>}
      <Text size="sm" c="dimmed">
        {past.sentence}
      </Text>
      {changes.length === 0 ? (
        <Text size="sm" c="dimmed">
          {zone} has no clock change in the year ahead.
        </Text>
      ) : (
        <Stack gap={4} component="ul" className="jtp-plain-list" aria-label="Clock changes in the year ahead">
          {changes.map(({ at, sentence, effect }) => (
            <Text key={at} size="sm" c="dimmed" component="li">
              {sentence} <b>{effect}</b>
            </Text>
          ))}
        </Stack>
      )}
    </Stack>
  );
}
