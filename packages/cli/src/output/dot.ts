import type { Graph } from 'job-trigger-contract';

const styles = { all_success: 'solid', any_success: 'dashed', all_complete: 'dotted' } as const;

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** A graph in the language of Graphviz, from left to right. */
export function dotOf({ nodes, edges }: Graph): string {
  return [
    'digraph jobs {',
    '  rankdir=LR;',
    '  node [shape=box];',
    ...nodes.map(({ id, name }) => `  ${quoted(id)} [label=${quoted(name)}];`),
    ...edges.map(
      ({ from, to, mode }) => `  ${quoted(from)} -> ${quoted(to)} [style=${styles[mode]}, label=${quoted(mode)}];`,
    ),
    '}',
    '',
  ].join('\n');
}
