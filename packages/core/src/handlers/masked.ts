import type { RunSecrets } from '../secrets/run-secrets.ts';
import type { HandlerContext, HandlerOutcome } from './handler.ts';

/** What an attempt ended with, without its secrets: texts, results, and the commands of what it left behind. */
export function maskedOutcome(outcome: HandlerOutcome, { masker }: RunSecrets): HandlerOutcome {
  const { failure, result, measured } = outcome;
  return {
    ...outcome,
    failure: failure === null ? null : { ...masker.value(failure), category: failure.category },
    result: masker.value(result),
    ...(measured === undefined
      ? {}
      : {
          measured: {
            ...measured,
            survivors: measured.survivors.map(({ pid, command }) => ({ pid, command: masker.value(command) })),
          },
        }),
  };
}

/** The same attempt, whose progress tells no secret. */
export function maskedContext(context: HandlerContext, { masker }: RunSecrets): HandlerContext {
  return {
    ...context,
    onProgress: ({ message, phase, items, ...progress }): void =>
      context.onProgress({
        ...progress,
        message: masker.value(message),
        ...(phase === undefined ? {} : { phase: masker.value(phase) }),
        ...(items === undefined ? {} : { items: items === null ? null : masker.names(items) }),
      }),
  };
}
