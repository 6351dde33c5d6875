import { Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useHotkeys, useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { IconChevronLeft, IconChevronRight, IconMinus, IconPlus } from '@tabler/icons-react';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { zoneFor } from '../components/when.tsx';
import { textAt, useAddress } from '../features/runs/address.ts';
import { useMay } from '../features/runs/use-may.ts';
import { Agenda } from '../features/timeline/agenda.tsx';
import { zoomed, zooms } from '../features/timeline/axis.ts';
import { bandsOf } from '../features/timeline/bands.ts';
import { CalendarGrid } from '../features/timeline/calendar-grid.tsx';
import { Collisions } from '../features/timeline/collisions.tsx';
import { summaryOf } from '../features/timeline/entries.ts';
import { Feeds } from '../features/timeline/feeds.tsx';
import type { JobsAsked } from '../features/timeline/filter.ts';
import { HeatMap } from '../features/timeline/heat-map.tsx';
import { Lanes, Legend } from '../features/timeline/lanes.tsx';
import { hoursText, isZooming, leftOutText, spanOf, spanText, viewLabels, views } from '../features/timeline/view.ts';
import { WhatIf } from '../features/timeline/what-if.tsx';
import { api } from '../lib/api.ts';
import { useNow, useZoneMode } from '../lib/store.ts';

const hourMs = 3_600_000;

function useFilters() {
  const [address, change] = useAddress();
  const phone = useMediaQuery('(max-width: 599px)') === true;
  const view = views.find((one) => one === textAt(address, 'view')) ?? (phone ? 'agenda' : 'lanes');
  const wanted = Number(textAt(address, 'hours') ?? 24);
  const hours = zooms.find((one) => one === wanted) ?? 24;
  const at = Date.parse(textAt(address, 'at') ?? '');
  const [job, tag, search] = ['job', 'tag', 'search'].map((name) => textAt(address, name));
  const asked: JobsAsked = {
    ...(job === undefined ? {} : { job }),
    ...(tag === undefined ? {} : { tag }),
    ...(search === undefined ? {} : { search }),
  };
  return { view, hours, at: Number.isNaN(at) ? null : at, asked, change };
}

/** Past and future of all jobs on one axis. */
export function TimelinePage() {
  const { view, hours, at, asked, change } = useFilters();
  const mode = useZoneMode();
  const zone = zoneFor(mode, undefined);
  const now = useNow('half-minute');
  const mayMakeFeeds = useMay('editor') === null;
  // Whole minutes, so that the question stays the same while the seconds pass.
  const center = at ?? Math.floor(now / 60_000) * 60_000;
  const span = spanOf(view, { at: center, hours, zone });
  const [from, to] = [new Date(span.from).toISOString(), new Date(span.to).toISOString()];
  const query = useQuery({
    queryKey: ['timeline', from, to, asked],
    queryFn: () => api.timeline({ query: { from, to, ...asked } }),
    placeholderData: (before) => before,
    enabled: view !== 'heat',
  });
  const move = (way: -1 | 1): void => {
    const step = isZooming(view) ? (span.to - span.from) / 2 : span.to - span.from;
    change({ at: new Date(center + way * step).toISOString() });
  };
  const zoom = (way: -1 | 1): void => change({ hours: zoomed(hours, way) });
  useHotkeys([
    ['ArrowLeft', () => move(-1)],
    ['ArrowRight', () => move(1)],
    ['shift+Plus', () => zoom(-1)],
    ['Plus', () => zoom(-1)],
    ['minus', () => zoom(1)],
    ['t', () => change({ at: undefined })],
  ]);
  const openDay = (day: number): void => change({ view: 'day', at: new Date(day + 12 * hourMs).toISOString() });
  return (
    <Page title="Timeline">
      <Group justify="space-between" align="flex-end">
        <SegmentedControl
          aria-label="View"
          data={views.map((one) => ({ value: one, label: viewLabels[one] }))}
          value={view}
          onChange={(next) => change({ view: next })}
          className="jtp-scroll"
        />
        <Group gap="xs" align="flex-end">
          <TextInput
            type="search"
            label="Name"
            placeholder="part of a name"
            w={150}
            value={asked.search ?? ''}
            onChange={(event) => change({ search: event.currentTarget.value })}
          />
          <TextInput
            label="Tag"
            w={110}
            value={asked.tag ?? ''}
            onChange={(event) => change({ tag: event.currentTarget.value })}
          />
        </Group>
      </Group>
      <Group gap="xs" justify="space-between">
        <Text size="sm" fw={600}>
          {spanText(span, view, zone)}
        </Text>
        <Group gap={6}>
          <Button size="xs" variant="default" aria-label="Earlier" title="←" onClick={() => move(-1)}>
            <IconChevronLeft size={16} aria-hidden="true" />
          </Button>
          <Button size="xs" variant="default" title="t" onClick={() => change({ at: undefined })}>
            Now
          </Button>
          <Button size="xs" variant="default" aria-label="Later" title="→" onClick={() => move(1)}>
            <IconChevronRight size={16} aria-hidden="true" />
          </Button>
          {isZooming(view) ? (
            <>
              <Button size="xs" variant="default" aria-label="Nearer" title="+" onClick={() => zoom(-1)}>
                <IconPlus size={16} aria-hidden="true" />
              </Button>
              <Text size="sm" className="jtp-figures">
                {hoursText(hours)}
              </Text>
              <Button size="xs" variant="default" aria-label="Further" title="-" onClick={() => zoom(1)}>
                <IconMinus size={16} aria-hidden="true" />
              </Button>
            </>
          ) : null}
        </Group>
      </Group>
      {view === 'heat' ? (
        <HeatMap span={span} zone={zone} asked={asked} />
      ) : (
        <Loaded query={query} rows={8}>
          {(timeline) => {
            const bands = bandsOf(timeline);
            return (
              <Stack gap="sm">
                {timeline.jobs.length === 0 ? (
                  <Text>
                    Nothing ran or is due in this time{Object.keys(asked).length > 0 ? ' for this filter' : ''}.
                  </Text>
                ) : null}
                {view === 'agenda' ? <Agenda timeline={timeline} span={span} zone={zone} bands={bands} /> : null}
                {view === 'week' || view === 'month' ? (
                  <CalendarGrid timeline={timeline} span={span} zone={zone} bands={bands} open={openDay} />
                ) : null}
                {(view === 'lanes' || view === 'day') && timeline.jobs.length > 0 ? (
                  <>
                    <Lanes timeline={timeline} span={span} zone={zone} bands={bands} />
                    <Legend bands={bands} />
                  </>
                ) : null}
                <Text size="sm" c="dimmed" aria-live="polite">
                  {summaryOf(timeline)}
                  {leftOutText(timeline)}
                </Text>
              </Stack>
            );
          }}
        </Loaded>
      )}
      <Panel title="Where starts meet">
        <Collisions zone={zone} asked={asked} />
      </Panel>
      <Panel title="What if: a blackout">
        <WhatIf asked={asked} />
      </Panel>
      {mayMakeFeeds ? (
        <Panel title="In your calendar">
          <Feeds asked={asked} />
        </Panel>
      ) : null}
    </Page>
  );
}
