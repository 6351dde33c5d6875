/** Carries out jobs of a type that is code of this process. */
import { runInProcess, type FunctionContext } from '../handlers/function.ts';
import type { Handler, HandlerContext, HandlerOutcome } from '../handlers/handler.ts';
import { configOf } from './config-in-force.ts';
import type { AnyJobType } from './job-type.ts';

type Loose = Pick<AnyJobType, 'id' | 'schema'> & {
  execute(context: FunctionContext & { config: unknown }): unknown;
  classify?: (error: unknown, config: unknown) => ReturnType<NonNullable<AnyJobType['classify']>>;
  summary?: (result: unknown, config: unknown) => string;
};

export function codeHandler(written: AnyJobType): Handler {
  const type = written as unknown as Loose;
  return {
    type: type.id,
    async run(context: HandlerContext): Promise<HandlerOutcome> {
      const found = configOf(type, context.definition.config);
      if ('refused' in found) return found.refused;
      const { config } = found;
      const outcome = await runInProcess(
        context,
        (call) => type.execute(Object.assign(call, { config })),
        (error) => type.classify?.(error, config) ?? null,
      );
      tellSummary(context, outcome, () => type.summary?.(outcome.result, config) ?? null);
      return outcome;
    },
  };
}

/** The line about a result is the run's last message. */
export function tellSummary(context: HandlerContext, { outcome }: HandlerOutcome, summary: () => string | null): void {
  const text = outcome === 'succeeded' ? summary() : null;
  if (text !== null) context.onProgress({ fraction: 1, message: text.slice(0, 500), at: context.ports.clock.wall() });
}
