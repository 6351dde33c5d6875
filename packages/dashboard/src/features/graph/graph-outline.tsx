import { Text, UnstyledButton } from '@mantine/core';
import { JobStatusBadge } from '../../components/state-badge.tsx';
import { durationText } from '../../lib/time.ts';
import { outlineOf } from './flow.ts';
import { modeWords, type FlowJob, type Wait } from './flow-job.ts';

interface GraphOutlineProps {
  readonly jobs: readonly FlowJob[];
  readonly waits: readonly Wait[];
  readonly critical: readonly string[];
  readonly chosen: string | null;
  readonly choose: (id: string) => void;
}

/** The same as the drawing, to be read: each job below one that it waits for. */
export function GraphOutline({ jobs, waits, critical, chosen, choose }: GraphOutlineProps) {
  const byId = new Map(jobs.map((job) => [job.id, job]));
  const modeOf = new Map(waits.map(({ to, mode }) => [to, mode]));
  const waitedFor = (id: string): string =>
    waits
      .filter(({ to }) => to === id)
      .map(({ from }) => byId.get(from)?.name ?? from)
      .join(', ');
  return (
    <ul className="jtp-plain-list" aria-label="Jobs by what they wait for">
      {outlineOf(jobs, waits).map(({ id, depth, again }, at) => {
        const job = byId.get(id);
        if (job === undefined) return null;
        const mode = modeOf.get(id);
        return (
          <li
            key={`${at} ${id}`}
            className={`jtp-flow-row${id === chosen ? ' jtp-flow-row-chosen' : ''}`}
            style={{ paddingInlineStart: 8 + Math.min(depth, 8) * 20 }}
          >
            <UnstyledButton className="jtp-link" aria-pressed={id === chosen} onClick={() => choose(id)}>
              {job.name}
            </UnstyledButton>
            {again ? (
              <Text size="sm" c="dimmed">
                as above
              </Text>
            ) : (
              <>
                <JobStatusBadge status={job.status} />
                {job.seconds === null ? null : <Text size="sm">usually {durationText(job.seconds)}</Text>}
                {critical.includes(id) ? (
                  <Text size="sm" className="jtp-state-attention">
                    on the critical path
                  </Text>
                ) : null}
                {mode === undefined ? null : (
                  <Text size="sm" c="dimmed">
                    waits for {waitedFor(id)}: {modeWords[mode].short}
                  </Text>
                )}
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}
