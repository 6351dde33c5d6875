/** The program and system that a browser says it is, shortly. */
export function programOf(agent: string | null): string {
  if (agent === null) return 'unknown program';
  // Of a command line that signed in by a code.
  const host = /^jtp\/\S+ on (.+)$/.exec(agent)?.[1];
  if (host !== undefined) return `jtp on ${host}`;
  const browser = /(Edg|OPR|Firefox|Chrome|Safari)\//.exec(agent)?.[1];
  const system = /(Windows|Android|iPhone|iPad|Mac OS X|Linux)/.exec(agent)?.[1];
  const names: Readonly<Record<string, string>> = { Edg: 'Edge', OPR: 'Opera', 'Mac OS X': 'macOS' };
  const known = [browser, system].flatMap((name) => (name === undefined ? [] : [names[name] ?? name]));
  return known.length === 0 ? (agent.split(' ')[0] ?? agent) : known.join(' on ');
}
