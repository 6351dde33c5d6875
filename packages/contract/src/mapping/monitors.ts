/** Monitors: requests coming in, rows going out. */
import {
  describeSchedule,
  formatInstant,
  invalidField,
  scheduleToJson,
  toUuid,
  type Monitor as CoreMonitor,
  type MonitorInput as CoreInput,
  type Ping,
} from 'job-trigger-core';
import type { z } from 'zod';
import type { Monitor, MonitorDetail, MonitorPatch } from '../shapes/monitor.ts';
import { scheduleToCore, type MappingFacts } from './job-in.ts';

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));
const ms = (seconds: number): number => Math.round(seconds * 1000);

/** Absent fields stay absent. @throws `schedule_invalid`, `invalid` for a manual schedule */
export function monitorChangeToCore(input: z.output<typeof MonitorPatch>, facts: MappingFacts): Partial<CoreInput> {
  const { name, schedule, period_seconds, grace_seconds } = input;
  const read = schedule === undefined ? undefined : scheduleToCore(schedule, facts, 'schedule');
  if (read === null) throw invalidField('schedule.kind', 'names no instant; a monitor needs some');
  return {
    ...(name === undefined ? {} : { name }),
    ...(read === undefined ? {} : { spec: read.spec }),
    ...(period_seconds === undefined ? {} : { periodMs: ms(period_seconds) }),
    ...(grace_seconds === undefined ? {} : { graceMs: ms(grace_seconds) }),
  };
}

function periodText(seconds: number): string {
  for (const [unit, length] of [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ] as const) {
    const count = seconds / length;
    if (Number.isInteger(count)) return count === 1 ? `Every ${unit}` : `Every ${count} ${unit}s`;
  }
  return `Every ${seconds} seconds`;
}

/** @param token null for callers who may not know it */
export function monitorToWire(monitor: CoreMonitor, token: string | null): Monitor {
  const { spec, periodMs } = monitor.expects;
  return {
    id: toUuid(monitor),
    name: monitor.name,
    state: monitor.state,
    state_since: formatInstant(monitor.stateSince),
    schedule: spec === null ? null : scheduleToJson(spec),
    period_seconds: periodMs === null ? null : periodMs / 1000,
    grace_seconds: monitor.graceMs / 1000,
    expects: spec === null ? periodText(periodMs / 1000) : describeSchedule(spec),
    expected_at: instant(monitor.expectedAt),
    last_ping_at: instant(monitor.lastPingAt),
    started_at: instant(monitor.startedAt),
    ping_path: token === null ? null : `/api/pings/${token}`,
    created_at: formatInstant(monitor.createdAt),
    updated_at: formatInstant(monitor.updatedAt),
  };
}

export function monitorDetailToWire(
  { monitor, pings }: { readonly monitor: CoreMonitor; readonly pings: readonly Ping[] },
  token: string | null,
): MonitorDetail {
  return {
    ...monitorToWire(monitor, token),
    last_output: monitor.lastOutput,
    pings: pings.map((ping) => ({
      at: formatInstant(ping.createdAt),
      kind: ping.kind,
      exit_code: ping.exitCode,
      address: ping.address,
      user_agent: ping.userAgent,
    })),
  };
}
