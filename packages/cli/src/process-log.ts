import type { Logger } from 'job-trigger-core';
import type { Terminal } from './terminal.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;

/** One JSON line a fact on stderr. JSON escapes control characters, so that no value can forge a line. */
export function processLog(
  terminal: Terminal,
  least: (typeof levels)[number],
  fields: Readonly<Record<string, unknown>> = {},
): Logger {
  const line =
    (level: (typeof levels)[number]) =>
    (message: string, more: Readonly<Record<string, unknown>> = {}): void => {
      if (levels.indexOf(level) < levels.indexOf(least)) return;
      const error = more['error'] instanceof Error ? { error: more['error'].message } : {};
      terminal.stderr.write(
        `${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields, ...more, ...error })}\n`,
      );
    };
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    child: (more) => processLog(terminal, least, { ...fields, ...more }),
  };
}
