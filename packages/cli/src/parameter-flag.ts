import { wrongFlag } from './exit-status.ts';

/** `-p key=value`, as often as there are values. */
export const parameterOption = [
  '-p, --param <key=value>',
  'a parameter; repeat it for more',
  (value: string, all: readonly string[] | undefined): readonly string[] => [...(all ?? []), value],
] as const;

/** Values by name; each is text, the server turns it into the parameter's type. */
export function parametersOf(pairs: readonly string[] | undefined): Record<string, string> | undefined {
  if (pairs === undefined) return undefined;
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw wrongFlag('-p', `'${pair}' is not key=value.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
