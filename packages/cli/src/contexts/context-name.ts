import { CommandError, exitStatus } from '../exit-status.ts';

/** @throws CommandError (usage) */
export function checkContextName(name: string): string {
  if (/^[A-Za-z0-9][\w.:@-]{0,99}$/.test(name)) return name;
  const form = 'A name is up to 100 letters, digits and . : @ _ - and begins with a letter or digit.';
  throw new CommandError(exitStatus.usage, `'${name}' cannot be the name of a context.`, form);
}
