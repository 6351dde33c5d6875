import type { LogLine as WireLine } from 'job-trigger-contract';
import { formatInstant, type LogLine } from 'job-trigger-core';

/** A line going out. */
export function lineToWire(line: LogLine): WireLine {
  return {
    line: line.line,
    at: formatInstant(line.at),
    stream: line.stream,
    text: line.text,
    ...(line.hiddenBytes > 0 ? { cut: true } : {}),
    ...(line.open ? { open: true } : {}),
  };
}
