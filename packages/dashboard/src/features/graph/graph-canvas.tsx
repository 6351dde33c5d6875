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
  useReactFlow,
  type Edge,
  type Node,
  type NodeProps,
} from '@xyflow/react';
import { memo, useEffect, useMemo, useState } from 'react';
import { JobStatusBadge } from '../../components/state-badge.tsx';
import { jobLooks } from '../../lib/states.ts';
import { durationText } from '../../lib/time.ts';
import { modeWords, type FlowJob, type Wait } from './flow-job.ts';
import { nodeSize, placesOf, type Place } from './layout.ts';

type JobNode = Node<{ readonly job: FlowJob }, 'job'>;

/** Beyond so many a small map helps to find the way. */
const mapFrom = 50;
/** Below this zoom no word can be read: lines and colours alone tell. */
const readableFrom = 0.45;

/** Drawn again only when its job changed: what is chosen, dimmed or critical is told by the class of its node. */
const JobBox = memo(function JobBox({ data: { job } }: NodeProps<JobNode>) {
  return (
    <div className={`jtp-flow-job jtp-flow-is-${jobLooks[job.status].group}`}>
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

const arrow = {
  type: MarkerType.ArrowClosed,
  width: 18,
  height: 18,
  markerUnits: 'userSpaceOnUse',
  color: 'var(--mantine-color-dimmed)',
} as const;
const criticalArrow = { ...arrow, color: 'var(--jtp-attention)' } as const;
const fit = { maxZoom: 1, padding: 0.1 } as const;

/** Brings everything into sight when there is another everything: a filter was set or taken away. */
function Refit({ places }: { readonly places: ReadonlyMap<string, Place> }) {
  const { fitView } = useReactFlow();
  useEffect(() => {
    // Once the boxes are there.
    const frame = requestAnimationFrame(() => void fitView(fit));
    return () => cancelAnimationFrame(frame);
  }, [places, fitView]);
  return null;
}

const classes = (...names: readonly (string | false)[]): string => names.filter((name) => name !== false).join(' ');

/** @param far no word can be read: the lines have none, as to measure each takes its time */
function edgesOf({ waits, critical, lit }: Pick<GraphCanvasProps, 'waits' | 'critical' | 'lit'>, far: boolean): Edge[] {
  const steps = new Set(critical.slice(1).map((to, at) => `${critical[at] ?? ''} ${to}`));
  return waits.map(({ from, to, mode }) => {
    const id = `${from} ${to}`;
    const dimmed = lit !== null && !(lit.has(from) && lit.has(to));
    return {
      id,
      source: from,
      target: to,
      ...(far ? {} : { label: modeWords[mode].short }),
      className: classes(`jtp-flow-${mode}`, steps.has(id) && 'jtp-flow-critical', dimmed && 'jtp-flow-dimmed'),
      markerEnd: steps.has(id) ? criticalArrow : arrow,
      focusable: false,
    };
  });
}

/** The drawing: jobs in layers from left to right. It is looked at and chosen from; edges are made in the editor of a job. */
export const GraphCanvas = memo(function GraphCanvas({ jobs, waits, critical, chosen, lit, choose }: GraphCanvasProps) {
  const scheme = useComputedColorScheme('light');
  const [far, setFar] = useState(false);
  // Places depend on who is there alone: a state that changes moves nothing.
  const shape = `${jobs.map(({ id }) => id).join()} ${waits.map(({ from, to }) => `${from}>${to}`).join()}`;
  // eslint-disable-next-line react-hooks/exhaustive-deps -- `shape` tells all of both that counts
  const places = useMemo(() => placesOf(jobs, waits), [shape]);
  const boxes = useMemo<JobNode[]>(
    () =>
      jobs.map((job) => ({
        id: job.id,
        type: 'job',
        position: places.get(job.id) ?? { x: 0, y: 0 },
        ...nodeSize,
        ariaLabel: `${job.name}, ${jobLooks[job.status].label}`,
        data: { job },
      })),
    [jobs, places],
  );
  const nodes = useMemo(() => {
    const marked = new Set(critical);
    return boxes.map((box) => {
      const { id } = box;
      const dimmed = lit !== null && !lit.has(id);
      const chosenClass = id === chosen && 'jtp-flow-chosen';
      const className = classes(marked.has(id) && 'jtp-flow-critical', dimmed && 'jtp-flow-dimmed', chosenClass);
      return className === '' ? box : { ...box, className };
    });
  }, [boxes, critical, chosen, lit]);
  const edges = useMemo(() => edgesOf({ waits, critical, lit }, far), [waits, critical, lit, far]);
  return (
    <section className={far ? 'jtp-flow jtp-flow-far' : 'jtp-flow'} aria-label="Drawing">
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        colorMode={scheme}
        onNodeClick={(_, { id }) => choose(id)}
        onPaneClick={() => choose(null)}
        onViewportChange={({ zoom }) => setFar(zoom < readableFrom)}
        onNodesChange={(changes) => {
          const picked = changes.find((change) => change.type === 'select' && change.selected);
          if (picked?.type === 'select') choose(picked.id);
        }}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        onlyRenderVisibleElements
        fitView
        fitViewOptions={fit}
        minZoom={0.05}
        maxZoom={2}
      >
        <Background />
        <Refit places={places} />
        <Controls showInteractive={false} />
        {jobs.length > mapFrom ? <MiniMap pannable zoomable ariaLabel="Small map" /> : null}
      </ReactFlow>
    </section>
  );
});
