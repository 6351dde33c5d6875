import type { Command } from 'commander';
import type { Graph, GraphNode } from 'job-trigger-contract';
import { emit, withConnection, type Context } from '../context.ts';
import { findJob } from '../find-job.ts';
import { dotOf } from '../output/dot.ts';
import { printable } from '../output/table.ts';

interface GraphFlags {
  readonly depth?: string;
  readonly dot?: boolean;
}

const modeWords = { all_success: 'all', any_success: 'any', all_complete: 'all ended' } as const;

function nodeLine({ name, status, last_run: last }: GraphNode): string {
  return `${name}  ${status}${last === null ? '' : `, last ${last.state}`}`;
}

/**
 * One line a job, those that wait for it below it. A job that waits for several stands below each of them; what follows
 * from it is drawn the first time only.
 */
function treeOf({ nodes, edges }: Graph): readonly string[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const drawn = new Set<string>();
  const lines: string[] = [];
  const draw = (node: GraphNode, indent: string, mark: string): void => {
    const below = edges.filter(({ from }) => from === node.id);
    const isKnown = drawn.has(node.id) && below.length > 0;
    lines.push(`${indent}${mark}${printable(nodeLine(node))}${isKnown ? '  (drawn above)' : ''}`);
    if (drawn.has(node.id)) return;
    drawn.add(node.id);
    const deeper = mark === '' ? indent : `${indent}${mark.startsWith('└') ? '   ' : '│  '}`;
    below.forEach(({ to, mode }, at) => {
      const next = byId.get(to);
      const arm = at === below.length - 1 ? '└─' : '├─';
      if (next !== undefined) draw(next, deeper, `${arm} ${mode === 'all_success' ? '' : `[${modeWords[mode]}] `}`);
    });
  };
  for (const node of nodes) if (!edges.some(({ to }) => to === node.id)) draw(node, '', '');
  // Whatever no first job leads to is told all the same.
  for (const node of nodes) if (!drawn.has(node.id)) draw(node, '', '');
  return lines;
}

/** `jtp graph [JOB]` */
export function addGraphCommand(program: Command, context: () => Context): void {
  program
    .command('graph [job]')
    .description('Which jobs wait for which, as a tree: of all, or of what is connected with one job.')
    .option('--depth <n>', 'steps up and down from the job')
    .option('--dot', 'as a graph for Graphviz')
    .action(async (name: string | undefined, flags: GraphFlags) => {
      const graph = await withConnection(context(), async ({ client }) => {
        const job = name === undefined ? {} : { job_id: (await findJob(client, name)).id };
        return client.graph({
          query: { ...job, ...(flags.depth === undefined ? {} : { depth: Number(flags.depth) }) },
        });
      });
      const { stdout } = context().terminal;
      if (flags.dot === true) {
        stdout.write(dotOf(graph));
        return;
      }
      await emit(context(), graph, () => {
        const lines = treeOf(graph);
        stdout.write(lines.length === 0 ? 'No job waits for another.\n' : `${lines.join('\n')}\n`);
        if (graph.clipped) stdout.write('There are more jobs than are shown here.\n');
      });
    });
}
