import {
  IconAlertTriangle,
  IconCircleCheckFilled,
  IconCircleDotted,
  IconCircleMinus,
  IconClock,
  IconClockX,
  IconPlayerPause,
  IconPlayerPlayFilled,
  IconPlayerSkipForward,
  IconPlugConnectedX,
  IconXboxX,
  type Icon,
} from '@tabler/icons-react';
import type { AlertShape, Job, Run, Worker } from 'job-trigger-contract';
import {
  alertLooks,
  deliveryLooks,
  healthLooks,
  jobLooks,
  monitorLooks,
  runLooks,
  workerLooks,
  type StateIcon,
  type StateLook,
} from '../lib/states.ts';

const icons: Readonly<Record<StateIcon, Icon>> = {
  dots: IconCircleDotted,
  clock: IconClock,
  play: IconPlayerPlayFilled,
  check: IconCircleCheckFilled,
  warning: IconAlertTriangle,
  cross: IconXboxX,
  'clock-cross': IconClockX,
  'plug-off': IconPlugConnectedX,
  bar: IconCircleMinus,
  skip: IconPlayerSkipForward,
  pause: IconPlayerPause,
};

/** Icon and word of a state, in the colour of its group. */
export function Look({ look, mark }: { readonly look: StateLook; readonly mark?: string | undefined }) {
  const Shape = icons[look.icon];
  return (
    <span className={`jtp-state jtp-state-${look.group}`}>
      <Shape size={16} aria-hidden="true" />
      <span>{mark === undefined ? look.label : `${look.label} · ${mark}`}</span>
    </span>
  );
}

/** Marks stand beside a state and are no states. */
function markOf(run: Pick<Run, 'state' | 'reason' | 'suspect' | 'cancelling'>): string | undefined {
  if (run.cancelling) return 'Cancelling';
  if (run.suspect) return 'Suspect';
  return run.state === 'queued' && run.reason === 'retry_delay' ? 'Retry waiting' : undefined;
}

export function RunBadge({ run }: { readonly run: Pick<Run, 'state' | 'reason' | 'suspect' | 'cancelling'> }) {
  return <Look look={runLooks[run.state]} mark={markOf(run)} />;
}
export function StateBadge({ state }: { readonly state: keyof typeof runLooks }) {
  return <Look look={runLooks[state]} />;
}
export function JobStatusBadge({ status }: { readonly status: Job['status'] }) {
  return <Look look={jobLooks[status]} />;
}
export function WorkerBadge({ state }: { readonly state: Worker['state'] }) {
  return <Look look={workerLooks[state]} />;
}
export function AlertBadge({ alert }: { readonly alert: Pick<AlertShape, 'severity' | 'state'> }) {
  return <Look look={alertLooks[alert.state === 'open' ? alert.severity : 'resolved']} />;
}
export function HealthBadge({ status }: { readonly status: keyof typeof healthLooks }) {
  return <Look look={healthLooks[status]} />;
}
export function DeliveryBadge({ state }: { readonly state: keyof typeof deliveryLooks }) {
  return <Look look={deliveryLooks[state]} />;
}
export function MonitorBadge({ state }: { readonly state: keyof typeof monitorLooks }) {
  return <Look look={monitorLooks[state]} />;
}
