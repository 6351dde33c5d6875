/** A stored configuration as its type is given it: the type may have changed since the job was saved. */
import { notStarted, type HandlerOutcome } from '../handlers/handler.ts';
import { configFaults, withDefaults } from './check-config.ts';
import type { ConfigSchema, ConfigValues } from './config-schema.ts';

/** The whole configuration, or an attempt that is not started as it no longer fits. */
export function configOf(
  { id, schema }: { readonly id: string; readonly schema: ConfigSchema },
  stored: object,
): { readonly config: ConfigValues } | { readonly refused: HandlerOutcome } {
  const config = withDefaults(schema, stored as ConfigValues);
  const faults = configFaults(schema, config);
  if (faults.length === 0) return { config };
  const words = faults.map(({ path, message }) => `${path} ${message}`).join('; ');
  return { refused: notStarted('config_refused', `The job type ${id} does not take its configuration: ${words}.`) };
}
