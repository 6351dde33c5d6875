import { JobTriggerError } from '../errors.ts';

/** The value is not repeated: such addresses carry a token. */
export function checkWebAddress(
  key: string,
  decided: { readonly value: unknown; readonly source: string } | undefined,
): void {
  if (typeof decided?.value !== 'string') return;
  const url = URL.canParse(decided.value) ? new URL(decided.value) : null;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return;
  const message = 'is no address such as https://example.org/…';
  throw new JobTriggerError('configuration_invalid', `${key} (from ${decided.source}): ${message}`, {
    fields: [{ path: key, message }],
  });
}
