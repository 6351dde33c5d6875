/** YAML in and out, as YAML 1.2 says. Its library is loaded when there is something to read: most processes have nothing. */

/** @throws what the parser says; its first line names the place */
export async function readYaml(text: string): Promise<unknown> {
  const { parse } = await import('yaml');
  return parse(text, { maxAliasCount: 20, schema: 'core' }) as unknown;
}

export async function writeYaml(value: unknown): Promise<string> {
  const { stringify } = await import('yaml');
  return stringify(value);
}
