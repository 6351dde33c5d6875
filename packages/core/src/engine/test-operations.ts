/** What people ask, in a bench's installation. */
import { defaultScriptRules } from '../handlers/script-file.ts';
import type { OperationContext } from '../operations/context.ts';
import { createOperations, type Operations } from '../operations/operations.ts';
import type { Bench } from './test-bench.ts';

/** @param more what differs from an installation that allows little, such as `planDue` */
export function operationsOf(
  { store, system, folder }: Pick<Bench, 'store' | 'system' | 'folder'>,
  more: Partial<OperationContext> = {},
): Operations {
  return createOperations({
    store,
    system,
    dataDir: folder,
    scriptsDir: folder,
    defaultTimezone: 'UTC',
    allowCommand: false,
    outgoingAllow: [],
    scriptRules: defaultScriptRules,
    retryDefaults: { maxAttempts: 3, delaySeconds: 300 },
    ...more,
  });
}
