import type { Job } from 'job-trigger-contract';
import type { FlowEdge, FlowNode } from './flow.ts';

export type Mode = 'all_success' | 'any_success' | 'all_complete';

/** A job of the graph, as the drawing, the list and the panel beside them show it. */
export interface FlowJob extends FlowNode {
  readonly name: string;
  readonly status: Job['status'];
  readonly nextDueAt: string | null;
}

export interface Wait extends FlowEdge {
  readonly mode: Mode;
}

export const modeWords: Readonly<Record<Mode, { readonly short: string; readonly long: string }>> = {
  all_success: { short: 'all succeed', long: 'Starts when all of them have succeeded' },
  any_success: { short: 'any succeeds', long: 'Starts when the first of them has succeeded' },
  all_complete: { short: 'all end', long: 'Starts when all of them have ended, however they ended' },
};
