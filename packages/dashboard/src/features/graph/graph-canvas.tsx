import '@xyflow/react/dist/style.css';
import './graph.css';
import { Text, useComputedColorScheme } from '@mantine/core';
import {
  Background,
  Controls,
  Handle,
  MarkerType,
  MiniMap,
  Position,
  ReactFlow,
  type Edge,
  type Node,
  type NodeProps,
} from '@xyflow/react';
import { memo, useMemo } from 'react';
import { JobStatusBadge } from '../../components/state-badge.tsx';
import { jobLooks } from '../../lib/states.ts';
import { durationText } from '../../lib/time.ts';
import { modeWords, type FlowJob, type Wait } from './flow-job.ts';
import { nodeSize, placesOf } from './layout.ts';

type JobNode = Node<{ readonly job: FlowJob; readonly critical: boolean; readonly dimmed: boolean }, 'job'>;

/** Beyond so many a small map helps to find the way. */
const mapFrom = 50;

const JobBox = memo(function JobBox({ data: { job, critical, dimmed }, selected }: NodeProps<JobNode>) {
  const classes = [
    'jtp-flow-job',
    critical && 'jtp-flow-critical',
    dimmed && 'jtp-flow-dimmed',
    selected && 'jtp-flow-chosen',
  ];
  return (
    <div className={classes.filter(Boolean).join(' ')}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <Text size="sm" fw={600} truncate>
        {job.name}
      </Text>
      <span className="jtp-flow-state">
        <JobStatusBadge status={job.status} />
        {job.seconds === null ? null : <Text size="xs">{durationText(job.seconds)}</Text>}
      </span>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
});
const nodeTypes = { job: JobBox };

interface GraphCanvasProps {
  readonly jobs: readonly FlowJob[];
  readonly waits: readonly Wait[];
  /** Ids on the critical path, in its order. */
  readonly critical: readonly string[];
  readonly chosen: string | null;
  /** What belongs to the chosen one; all when none is chosen. */
  readonly lit: ReadonlySet<string> | null;
  readonly choose: (id: string | null) => void;
}

function edgesOf({ waits, critical, lit }: Pick<GraphCanvasProps, 'waits' | 'critical' | 'lit'>): Edge[] {
  const steps = new Set(critical.slice(1).map((to, at) => `${critical[at] ?? ''} ${to}`));
  return waits.map(({ from, to, mode }) => {
    const id = `${from} ${to}`;
    const dimmed = lit !== null && !(lit.has(from) && lit.has(to));
    const classes = [`jtp-flow-${mode}`, steps.has(id) && 'jtp-flow-critical', dimmed && 'jtp-flow-dimmed'];
    return {
      id,
      source: from,
      target: to,
      label: modeWords[mode].short,
      className: classes.filter(Boolean).join(' '),
      markerEnd: { type: MarkerType.ArrowClosed, width: 16, height: 16 },
      focusable: false,
    };
  });
}

/** The drawing: jobs in layers from left to right. It is looked at and chosen from; edges are made in the editor of a job. */
export function GraphCanvas({ jobs, waits, critical, chosen, lit, choose }: GraphCanvasProps) {
  const scheme = useComputedColorScheme('light');
  // Places depend on who is there alone: a state that changes moves nothing.
  const shape = `${jobs.map(({ id }) => id).join()} ${waits.map(({ from, to }) => `${from}>${to}`).join()}`;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `shape` tells all of both that counts
  const places = useMemo(() => placesOf(jobs, waits), [shape]);
  const nodes = useMemo<JobNode[]>(() => {
    const marked = new Set(critical);
    return jobs.map((job) => ({
      id: job.id,
      type: 'job',
      position: places.get(job.id) ?? { x: 0, y: 0 },
      ...nodeSize,
      selected: job.id === chosen,
      ariaLabel: `${job.name}, ${jobLooks[job.status].label}`,
      data: { job, critical: marked.has(job.id), dimmed: lit !== null && !lit.has(job.id) },
    }));
  }, [jobs, places, critical, chosen, lit]);
  const edges = useMemo(() => edgesOf({ waits, critical, lit }), [waits, critical, lit]);
  return (
    <section className="jtp-flow" aria-label="Drawing">
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        onNodeClick={(_, { id }) => choose(id)}
        onPaneClick={() => choose(null)}
        onNodesChange={(changes) => {
          const picked = changes.find((change) => change.type === 'select' && change.selected);
          if (picked?.type === 'select') choose(picked.id);
        }}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        onlyRenderVisibleElements
        fitView
        fitViewOptions={{ maxZoom: 1, padding: 0.1 }}
        minZoom={0.05}
        maxZoom={2}
      >
        <Background />
        <Controls showInteractive={false} />
        {jobs.length > mapFrom ? <MiniMap pannable zoomable ariaLabel="Small map" /> : null}
      </ReactFlow>
    </section>
  );
}
