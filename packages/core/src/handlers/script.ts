/** Jobs of type `script`: a file in the scripts folder, read by its interpreter. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hasBuiltInType, type ScriptConfig } from '../model/job.ts';
import { JobTriggerError } from '../errors.ts';
import { readyScript, removeCopies, type ReadyScript } from './approved-script.ts';
import { notStarted, type Handler, type HandlerContext, type HandlerOutcome } from './handler.ts';
import { invocationOf } from './interpreter.ts';
import { environmentOf, runProcess } from './process-attempt.ts';
import { resolveFolder } from './script-file.ts';

/** What is ready is started and followed to its end. */
async function start(context: HandlerContext, config: ScriptConfig, ready: ReadyScript): Promise<HandlerOutcome> {
  const { scriptsDir, interpreters } = context.ports.settings;
  const { script, folder, hash } = ready;
  // Beside an approved copy there is nothing that nobody approved, unless the job names a folder itself.
  const isAlone = folder !== null && config.workingDir === null;
  const cwd = isAlone ? folder : resolveFolder(scriptsDir, config.workingDir);
  const env = environmentOf(context, config.env);
  const invocation = invocationOf(script, config.args, interpreters, env['PATH'] ?? '');
  if ('missing' in invocation) return notStarted('interpreter_missing', invocation.message);
  const scriptHash = hash ?? createHash('sha256').update(readFileSync(script.file)).digest('hex');
  const outcome = await runProcess(context, { argv: invocation.argv, cwd, env });
  const { measured } = outcome;
  return measured === undefined ? outcome : { ...outcome, measured: { ...measured, scriptHash } };
}

export const scriptHandler: Handler = {
  type: 'script',
  async run(context: HandlerContext): Promise<HandlerOutcome> {
    const { definition } = context;
    if (!hasBuiltInType(definition) || definition.type !== 'script')
      throw new TypeError(`not a script: ${definition.type}`);
    const { config } = definition;
    try {
      const ready = await readyScript(context, config.script);
      if ('outcome' in ready) return ready;
      return await start(context, config, ready).finally(() => removeCopies([ready]));
    } catch (error) {
      if (error instanceof JobTriggerError) return notStarted(error.code, error.message);
      throw error;
    }
  },
};
