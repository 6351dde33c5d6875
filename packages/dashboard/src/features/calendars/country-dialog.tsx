import { Button, Group, Modal, NumberInput, Select, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { serverNow } from '../../lib/clock.ts';
import { api } from '../../lib/api.ts';
import type { CalendarDraft } from './calendar-draft.ts';
import { daysText, placeName } from './taking-over.ts';

interface CountryDialogProps {
  readonly take: (changes: Pick<CalendarDraft, 'holidays' | 'source'> & { readonly name: string }) => void;
  readonly onClose: () => void;
}

const choiceOf = ({ code, name }: { readonly code: string; readonly name: string }) => ({ value: code, label: name });
const regionOf = (region: string | null): { region?: string } => (region === null ? {} : { region });

/** Public holidays of a country, to be taken over into the calendar that is being written. */
export function CountryDialog({ take, onClose }: CountryDialogProps) {
  const thisYear = new Date(serverNow()).getUTCFullYear();
  const [country, setCountry] = useState<string | null>(null);
  const [region, setRegion] = useState<string | null>(null);
  const [until, setUntil] = useState(thisYear + 10);
  const places = useQuery({
    queryKey: ['holidays', 'places'],
    queryFn: () => api.nationalHolidays({}),
    staleTime: Infinity,
  });
  const found = useQuery({
    queryKey: ['holidays', country, region, until],
    queryFn: () =>
      api.nationalHolidays({
        query: { country: country ?? '', ...regionOf(region), year: thisYear, to_year: until },
      }),
    enabled: country !== null,
    staleTime: Infinity,
    placeholderData: (before) => before,
  });
  const data = country === null ? undefined : found.data;
  const countries = places.data?.countries ?? [];
  const regions = data?.regions ?? [];
  const takeOver = (): void => {
    if (data === undefined || country === null) return;
    const source = { kind: 'country' as const, country, region, from_year: thisYear, to_year: until };
    take({ holidays: data.items, source, name: placeName({ countries, regions }, country, region) });
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title="Holidays of a country" size="lg">
      <Stack>
        {places.isError ? <ErrorPanel error={places.error} retry={() => void places.refetch()} /> : null}
        <Group align="flex-end" grow>
          <Select
            label="Country"
            searchable
            data={countries.map(choiceOf)}
            value={country}
            onChange={(code) => {
              setCountry(code);
              setRegion(null);
            }}
          />
          <Select
            label="Region"
            searchable
            clearable
            disabled={regions.length === 0}
            placeholder="The whole country"
            data={regions.map(choiceOf)}
            value={region}
            onChange={setRegion}
          />
          <NumberInput
            label="Until the end of"
            min={thisYear}
            max={thisYear + 19}
            value={until}
            onChange={(value) => setUntil(Number(value) || thisYear)}
          />
        </Group>
        {found.isError ? <ErrorPanel error={found.error} retry={() => void found.refetch()} /> : null}
        {data === undefined ? null : (
          <>
            <Text size="sm">{daysText(data, { from: thisYear, to: until })}</Text>
            <Text size="xs" c="dimmed">
              {data.attribution}
            </Text>
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button disabled={data === undefined || found.isPlaceholderData} onClick={takeOver}>
            Take over
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
