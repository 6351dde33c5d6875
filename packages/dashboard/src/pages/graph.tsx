import { Group, SegmentedControl, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Graph } from 'job-trigger-contract';
import { useCallback, useDeferredValue, useMemo } from 'react';
import { EmptyState } from '../components/empty-state.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { ChosenJob } from '../features/graph/chosen-job.tsx';
import { criticalPath, downstreamOf, inOrder, upstreamOf, type CriticalPath } from '../features/graph/flow.ts';
import { flowOf, modeWords, type FlowJob, type Mode, type Wait } from '../features/graph/flow-job.ts';
import { GraphCanvas } from '../features/graph/graph-canvas.tsx';
import { GraphOutline } from '../features/graph/graph-outline.tsx';
import { textAt, useAddress } from '../features/runs/address.ts';
import { api } from '../lib/api.ts';
import { durationText } from '../lib/time.ts';

const views = ['drawing', 'list'] as const;
/** Beyond so many a drawing of all shows nothing: it opens as a list, and a chosen job draws what belongs to it. */
const drawnAtOnce = 300;

function Legend() {
  return (
    <Group gap="md" component="ul" className="jtp-plain-list" aria-label="Lines">
      {(Object.keys(modeWords) as Mode[]).map((mode) => (
        <Text key={mode} component="li" size="sm" c="dimmed">
          <svg width="34" height="8" aria-hidden="true" className={`jtp-flow-key jtp-flow-key-${mode}`}>
            <line x1="0" y1="4" x2="34" y2="4" />
          </svg>{' '}
          {modeWords[mode].short}
        </Text>
      ))}
    </Group>
  );
}

function unknownText({ unknown, ids }: CriticalPath): string {
  if (unknown === 0) return '';
  if (unknown === ids.length) return ' How long they take is not known yet.';
  return ` How long ${unknown === 1 ? 'one of them takes' : `${unknown} of them take`} is not known yet.`;
}

/** What usually takes longest from end to end, in a sentence. */
function PathSentence({ jobs, waits }: { readonly jobs: readonly FlowJob[]; readonly waits: readonly Wait[] }) {
  const path = criticalPath(jobs, waits);
  if (path === null) return null;
  const names = new Map(jobs.map(({ id, name }) => [id, name]));
  const first = names.get(path.ids[0] ?? '') ?? '';
  const last = names.get(path.ids.at(-1) ?? '') ?? '';
  return (
    <Text size="sm">
      The critical path leads over {path.ids.length} jobs from {first} to {last}
      {path.seconds > 0 ? ` and usually takes ${durationText(path.seconds)}` : ''}.{unknownText(path)}
    </Text>
  );
}

interface FlowProps {
  readonly jobs: readonly FlowJob[];
  readonly waits: readonly Wait[];
}

/** Jobs on a cycle can never start by each other: imported data may hold one. */
function Cycle({ jobs, waits }: FlowProps) {
  const placed = new Set(inOrder(jobs, waits));
  const left = jobs.filter(({ id }) => !placed.has(id));
  if (left.length === 0) return null;
  return (
    <Text size="sm" className="jtp-state-failed" role="alert">
      These jobs wait for each other in a circle and never start by it: {left.map(({ name }) => name).join(', ')}.
    </Text>
  );
}

/** What the address asks for: a view, a search, a chosen job, and whether only what belongs to it is shown. */
function useAsked(count: number) {
  const [address, change] = useAddress();
  const phone = useMediaQuery('(max-width: 599px)') === true;
  const alone = address['alone'] === true;
  const usual = phone || (count > drawnAtOnce && !alone) ? 'list' : 'drawing';
  return {
    search: textAt(address, 'search') ?? '',
    chosen: textAt(address, 'job') ?? null,
    alone,
    view: views.find((one) => one === textAt(address, 'view')) ?? usual,
    change,
  };
}

/** A chosen job with all that leads to it and follows from it; null when none is chosen. */
function useLit(waits: readonly Wait[], chosen: string | null): ReadonlySet<string> | null {
  return useMemo(
    () => (chosen === null ? null : new Set([chosen, ...upstreamOf(waits, chosen), ...downstreamOf(waits, chosen)])),
    [waits, chosen],
  );
}

function Flow({ jobs, waits }: FlowProps) {
  const { search, chosen, alone, view, change } = useAsked(jobs.length);
  const lit = useLit(waits, chosen);
  const text = search.toLowerCase();
  const shown = useMemo(() => {
    const kept = jobs.filter(
      ({ id, name }) => (!alone || lit === null || lit.has(id)) && name.toLowerCase().includes(text),
    );
    const ids = new Set(kept.map(({ id }) => id));
    return { jobs: kept, waits: waits.filter(({ from, to }) => ids.has(from) && ids.has(to)) };
  }, [jobs, waits, alone, lit, text]);
  const critical = useMemo(() => criticalPath(shown.jobs, shown.waits)?.ids ?? [], [shown]);
  // A click or a key is answered at once; what it does to hundreds of boxes follows.
  const drawn = useDeferredValue(
    useMemo(() => ({ ...shown, critical, chosen, lit: alone ? null : lit }), [shown, critical, chosen, alone, lit]),
  );
  const job = jobs.find(({ id }) => id === chosen);
  const choose = useCallback(
    (id: string | null): void => change({ job: id ?? undefined, ...(id === null ? { alone: undefined } : {}) }),
    [change],
  );
  const told = job === undefined ? null : <ChosenJob job={job} jobs={jobs} waits={waits} choose={choose} />;
  return (
    <Stack>
      <Group justify="space-between" align="flex-end">
        <Group align="flex-end">
          <TextInput
            type="search"
            label="Search"
            value={search}
            onChange={(event) => change({ search: event.currentTarget.value })}
          />
          <Switch
            label="Only what belongs to the chosen job"
            checked={alone}
            disabled={job === undefined}
            onChange={(event) => change({ alone: event.currentTarget.checked ? true : undefined })}
          />
        </Group>
        <SegmentedControl
          aria-label="View"
          value={view}
          onChange={(value) => change({ view: value })}
          data={[
            { value: 'drawing', label: 'Drawing' },
            { value: 'list', label: 'List' },
          ]}
        />
      </Group>
      <Cycle jobs={jobs} waits={waits} />
      <PathSentence jobs={shown.jobs} waits={shown.waits} />
      {shown.jobs.length === 0 ? (
        <EmptyState title="No job of the graph has this name." />
      ) : view === 'list' ? (
        <>
          {told}
          <GraphOutline {...shown} critical={critical} chosen={chosen} choose={choose} />
        </>
      ) : (
        <>
          <Legend />
          <div className="jtp-flow-place">
            <GraphCanvas {...drawn} choose={choose} />
            {told === null ? null : <div className="jtp-flow-over">{told}</div>}
          </div>
        </>
      )}
    </Stack>
  );
}

/** Jobs that wait for other jobs, as a drawing and as a list of the same. */
export function GraphPage() {
  const query = useQuery({ queryKey: ['jobs', 'graph'], queryFn: () => api.graph({ query: {} }), select: shownOf });
  return (
    <Page title="Graph">
      <Loaded query={query} rows={6}>
        {({ jobs, waits, clipped }) =>
          jobs.length === 0 ? (
            <EmptyState
              title="No job waits for another yet."
              text="A job that depends on others starts when they are done. Which they are is set in its editor, under Depends on."
            >
              <Link to="/jobs" className="jtp-link">
                Choose a job
              </Link>
            </EmptyState>
          ) : (
            <>
              {clipped ? (
                <Text size="sm">There are more jobs than can be shown: only the first {jobs.length}.</Text>
              ) : null}
              <Flow jobs={jobs} waits={waits} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

const shownOf = (graph: Graph) => ({ ...flowOf(graph), clipped: graph.clipped });
