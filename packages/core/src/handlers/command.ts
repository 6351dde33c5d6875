/** Jobs of type `command`: a program with its arguments, no shell. Off unless the installation allows it. */
import { hasBuiltInType } from '../model/job.ts';
import { isAbsolute } from 'node:path';
import { JobTriggerError } from '../errors.ts';
import { notStarted, type Handler, type HandlerContext, type HandlerOutcome } from './handler.ts';
import { findProgram } from './interpreter.ts';
import { environmentOf, runProcess } from './process-attempt.ts';
import { resolveFolder } from './script-file.ts';

/** An absolute path as it is, a plain name from the search path; null for anything else. */
function programOf(name: string, path: string): string | null {
  if (isAbsolute(name)) return name;
  return name === '' || name.includes('/') ? null : findProgram(name, path);
}

export const commandHandler: Handler = {
  type: 'command',
  async run(context: HandlerContext): Promise<HandlerOutcome> {
    const { definition, ports } = context;
    if (!hasBuiltInType(definition) || definition.type !== 'command')
      throw new TypeError(`not a command: ${definition.type}`);
    const { allowCommand, scriptsDir } = ports.settings;
    if (!allowCommand)
      return notStarted('command_not_allowed', 'Jobs of type command are switched off on this worker.');
    const { argv, env: jobEnv, workingDir } = definition.config;
    const [name = '', ...args] = argv;
    try {
      const cwd = resolveFolder(scriptsDir, workingDir);
      const env = environmentOf(context, jobEnv);
      const program = programOf(name, env['PATH'] ?? '');
      if (program === null) {
        return notStarted(
          'program_missing',
          `${JSON.stringify(name)} is no program in the search path of this worker, nor an absolute path.`,
        );
      }
      return await runProcess(context, { argv: [program, ...args], cwd, env });
    } catch (error) {
      if (error instanceof JobTriggerError) return notStarted(error.code, error.message);
      throw error;
    }
  },
};
