/** What a command may touch of the process: streams, environment, folder. Handed in, so that tests bring their own. */
export interface Terminal {
  readonly stdout: { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: { write(text: string): unknown; readonly isTTY?: boolean };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the person stands: npm changes the folder and leaves the first one in `INIT_CWD`. */
  readonly cwd: string;
  readStdin(): Promise<string>;
}

export function processTerminal(): Terminal {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.env['INIT_CWD'] ?? process.cwd(),
    async readStdin() {
      const parts: Buffer[] = [];
      for await (const part of process.stdin) parts.push(part as Buffer);
      return Buffer.concat(parts).toString('utf8');
    },
  };
}
