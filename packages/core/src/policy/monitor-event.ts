import { formatInstant } from '../model/instant.ts';
import { toUuid } from '../model/id.ts';
import type { MonitorStep } from './monitor.ts';

interface MonitorEvent {
  readonly kind: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The fact to be written of a step: none, or one with its sentence. */
export function monitorEvents({ monitor, told }: MonitorStep): readonly MonitorEvent[] {
  if (told === null) return [];
  const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));
  const data = {
    id: toUuid(monitor),
    name: monitor.name,
    text: told.text,
    reason: told.reason,
    state: monitor.state,
    expected_at: instant(monitor.expectedAt),
    last_ping_at: instant(monitor.lastPingAt),
  };
  return [{ kind: told.kind, data }];
}
