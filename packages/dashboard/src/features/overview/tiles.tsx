import { Paper, SimpleGrid, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { Overview } from 'job-trigger-contract';
import type { ReactNode } from 'react';
import { durationText } from '../../lib/time.ts';

function Tile({ title, value, note }: { readonly title: string; readonly value: ReactNode; readonly note: string }) {
  return (
    <Paper withBorder p="sm" radius="md">
      <Text size="sm" c="dimmed">
        {title}
      </Text>
      <div className="jtp-figure jtp-figures">{value}</div>
      <Text size="xs" c="dimmed">
        {note}
      </Text>
    </Paper>
  );
}

const number = new Intl.NumberFormat('en');

const percent = (rate: number | null): string => (rate === null ? '—' : `${(rate * 100).toFixed(1)} %`);

/** Numbers of the last 24 hours, each with what it is compared to, and each the way to its list. */
export function Tiles({ overview }: { readonly overview: Overview }) {
  const { counts, before } = overview;
  const since = overview.window.from;
  return (
    <SimpleGrid cols={{ base: 2, xs: 3, lg: 6 }} spacing="sm">
      <Tile
        title="Running"
        note="now"
        value={
          <Link to="/runs" search={{ state: 'starting,running' }} className="jtp-link">
            {counts.running}
          </Link>
        }
      />
      <Tile
        title="Waiting"
        note="now"
        value={
          <Link to="/queue" className="jtp-link">
            {counts.queued}
          </Link>
        }
      />
      <Tile
        title="Failed"
        note={`24 h, before ${before.failed}`}
        value={
          <Link to="/runs" search={{ state: 'failed,timed_out,lost', from: since }} className="jtp-link">
            {counts.failed}
          </Link>
        }
      />
      <Tile
        title="Missed"
        note="24 h, nobody was there"
        value={
          <Link to="/inbox" search={{ kind: 'missed' }} className="jtp-link">
            {number.format(counts.missed)}
          </Link>
        }
      />
      <Tile
        title="Success"
        note={`24 h, before ${percent(before.success_rate)}`}
        value={percent(counts.success_rate)}
      />
      <Tile
        title="Late (p95)"
        note="24 h, due to started"
        value={overview.lateness_p95_seconds === null ? '—' : durationText(overview.lateness_p95_seconds)}
      />
    </SimpleGrid>
  );
}
