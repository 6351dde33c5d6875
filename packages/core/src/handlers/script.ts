/** Jobs of type `script`: a file in the scripts folder, read by its interpreter. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hasBuiltInType } from '../model/job.ts';
import { JobTriggerError } from '../errors.ts';
import { readyScript, removeCopies } from './approved-script.ts';
import { notStarted, type Handler, type HandlerContext, type HandlerOutcome } from './handler.ts';
import { invocationOf } from './interpreter.ts';
import { environmentOf, runProcess } from './process-attempt.ts';
import { resolveFolder } from './script-file.ts';

export const scriptHandler: Handler = {
  type: 'script',
  async run(context: HandlerContext): Promise<HandlerOutcome> {
    const { definition, ports } = context;
    if (!hasBuiltInType(definition) || definition.type !== 'script')
      throw new TypeError(`not a script: ${definition.type}`);
    const { script: path, args, env: jobEnv, workingDir } = definition.config;
    const { scriptsDir, interpreters } = ports.settings;
    try {
      const ready = await readyScript(context, path);
      if ('outcome' in ready) return ready;
      try {
        const { script, folder } = ready;
        // Beside an approved copy there is nothing that nobody approved, unless the job names a folder itself.
        const cwd = folder !== null && workingDir === null ? folder : resolveFolder(scriptsDir, workingDir);
        const env = environmentOf(context, jobEnv);
        const invocation = invocationOf(script, args, interpreters, env['PATH'] ?? '');
        if ('missing' in invocation) return notStarted('interpreter_missing', invocation.message);
        const scriptHash = ready.hash ?? createHash('sha256').update(readFileSync(script.file)).digest('hex');
        const outcome = await runProcess(context, { argv: invocation.argv, cwd, env });
        const { measured } = outcome;
        return measured === undefined ? outcome : { ...outcome, measured: { ...measured, scriptHash } };
      } finally {
        removeCopies([ready]);
      }
    } catch (error) {
      if (error instanceof JobTriggerError) return notStarted(error.code, error.message);
      throw error;
    }
  },
};
