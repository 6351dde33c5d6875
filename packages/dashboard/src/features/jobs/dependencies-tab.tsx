import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Graph, GraphNode, Job } from 'job-trigger-contract';
import { EmptyState } from '../../components/empty-state.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Panel } from '../../components/panel.tsx';
import { JobStatusBadge, StateBadge } from '../../components/state-badge.tsx';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { modeWords } from './mode-words.ts';
import { useGraph } from './use-graph.ts';

type Way = 'up' | 'down';

function nextTo({ edges, nodes }: Graph, id: string, way: Way): readonly GraphNode[] {
  const ids = edges.flatMap(({ from, to }) => {
    if (way === 'up') return to === id ? [from] : [];
    return from === id ? [to] : [];
  });
  return nodes.filter((node) => ids.includes(node.id));
}

function One({ node }: { readonly node: GraphNode }) {
  return (
    <Text size="sm" component="span" className="jtp-step jtp-inline">
      <Link to="/jobs/$id" params={{ id: node.id }} search={{ tab: 'dependencies' }} className="jtp-link">
        {node.name}
      </Link>
      <JobStatusBadge status={node.status} />
      {node.last_run === null ? (
        <Text span c="dimmed" size="sm">
          no run yet
        </Text>
      ) : (
        <span>
          last run: <StateBadge state={node.last_run.state} /> <When at={node.last_run.ended_at} />
        </span>
      )}
    </Text>
  );
}

/** Two steps, the second below the first. */
function Steps({ graph, id, way }: { readonly graph: Graph; readonly id: string; readonly way: Way }) {
  return (
    <ul className="jtp-tree">
      {nextTo(graph, id, way).map((node) => (
        <li key={node.id}>
          <One node={node} />
          <ul className="jtp-tree">
            {nextTo(graph, node.id, way).map((further) => (
              <li key={further.id}>
                <One node={further} />
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}

function Awaited({ job }: { readonly job: Job }) {
  const why = useQuery({ queryKey: ['why', job.id], queryFn: () => api.jobWhy({ params: { id: job.id } }) });
  const prerequisites = why.data?.prerequisites ?? null;
  if (prerequisites === null) return null;
  return (
    <Text size="sm" data-part="awaited">
      {prerequisites.chain_id === null ? '' : 'In the newest chain: '}
      {prerequisites.text}
    </Text>
  );
}

/** What their results give its parameters. */
function Passed({ graph, pass }: { readonly graph: Graph; readonly pass: NonNullable<Job['depends_on']>['pass'] }) {
  const nameOf = (id: string): string => graph.nodes.find((node) => node.id === id)?.name ?? id;
  return pass.map(({ parameter, job_id: id, field }) => (
    <Text key={parameter} size="sm" className="jtp-break" data-part="passed">
      Its parameter {parameter} takes {field} from the result of {nameOf(id)}.
    </Text>
  ));
}

/** Who waits for whom around one job, two steps each way. */
export function DependenciesTab({ job }: { readonly job: Job }) {
  const query = useGraph(job.id, 2);
  return (
    <Loaded query={query}>
      {(graph) => {
        const [before, after] = [nextTo(graph, job.id, 'up'), nextTo(graph, job.id, 'down')];
        if (before.length + after.length === 0)
          return (
            <EmptyState title="It waits for no job, and no job waits for it">
              Choose what it waits for under “Depends on” in its editor.
            </EmptyState>
          );
        return (
          <Stack>
            <Panel
              title="Waits for"
              aside={
                <Link to="/graph" search={{ job: job.id }} className="jtp-link">
                  Show in the graph
                </Link>
              }
            >
              {job.depends_on === null ? (
                <Text size="sm">It waits for no job.</Text>
              ) : (
                <>
                  <Text size="sm">{modeWords[job.depends_on.mode]}</Text>
                  <Awaited job={job} />
                  <Steps graph={graph} id={job.id} way="up" />
                  <Passed graph={graph} pass={job.depends_on.pass} />
                </>
              )}
            </Panel>
            <Panel title="Followed by">
              {after.length === 0 ? (
                <Text size="sm">No job waits for it.</Text>
              ) : (
                <Steps graph={graph} id={job.id} way="down" />
              )}
            </Panel>
          </Stack>
        );
      }}
    </Loaded>
  );
}
