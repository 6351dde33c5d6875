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
  if (secrets !== undefined) return maskedOutcome(await carriedOut(handler, maskedContext(context, secrets)), secrets);
  return carriedOut(handler, context);
}

async function carriedOut(handler: Handler, context: HandlerContext): Promise<HandlerOutcome> {
  try {
    return await handler.run(context);
  } catch (error) {
    const { message, stack = null, code = null } = error as Error & { code?: string };
    const { type } = context.definition;
    const shown = context.secrets?.masker.text(message) ?? message;
    context.ports.log.error('handler threw', { type, runId: context.names.runId, error: shown });
    return failed({ category: categorise({ code, text: message }), message, detail: stack });
  }
}
