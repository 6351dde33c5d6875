/** Carries out one attempt with the handler of its job's type. */
import { categorise } from './failure.ts';
import { commandHandler } from './command.ts';
import { functionHandler } from './function.ts';
import { failed, stopReasonOf, stopped, type Handler, type HandlerContext, type HandlerOutcome } from './handler.ts';
import { httpHandler } from './http.ts';
import { maskedContext, maskedOutcome } from './masked.ts';
import { scriptHandler } from './script.ts';

export type Handlers = ReadonlyMap<string, Handler>;

/** The handlers that come with the product, by job type, and any others given. */
export function handlersByType(others: readonly Handler[] = []): Handlers {
  const all = [scriptHandler, commandHandler, httpHandler, functionHandler, ...others];
  return new Map(all.map((handler) => [handler.type, handler]));
}

/** Never throws: an unknown type and an error thrown by a handler are failures of the attempt. */
export async function carryOut(handlers: Handlers, context: HandlerContext): Promise<HandlerOutcome> {
  const { type } = context.definition;
  const handler = handlers.get(type);
  if (handler === undefined) {
    const message = `This worker has no handler for jobs of type "${type}".`;
    return failed({ category: 'config_error', message, detail: null }, { reason: 'type_unknown', retryable: false });
  }
  if (context.stopping?.() ?? context.signal.aborted) return stopped(stopReasonOf(context.signal));
  const { secrets } = context;
  try {
    if (secrets === undefined) return await handler.run(context);
    return maskedOutcome(await handler.run(maskedContext(context, secrets)), secrets);
  } catch (error) {
    return threw(error as Error & { code?: string }, context);
  }
}

function threw(
  { message, stack, code }: Error & { code?: string },
  { definition: { type }, secrets, ports, names }: HandlerContext,
): HandlerOutcome {
  const shown = secrets?.masker.text(message) ?? message;
  ports.log.error('handler threw', { type, runId: names.runId, error: shown });
  const failure = failed({
    category: categorise({ code: code ?? null, text: message }),
    message,
    detail: stack ?? null,
  });
  return secrets === undefined ? failure : maskedOutcome(failure, secrets);
}
