/** A Redis of one scenario's own on 127.0.0.1, which keeps nothing on the disk. */
import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';

export interface RunningRedis {
  readonly url: string;
  readonly version: string;
  /** Forgets everything. */
  flush(): void;
  stop(): Promise<void>;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
    server.on('error', reject);
  });
}

/** Null where no `redis-server` is in the path. */
export async function startRedis(): Promise<RunningRedis | null> {
  const found = spawnSync('redis-server', ['--version'], { encoding: 'utf8' });
  if (found.status !== 0) return null;
  const port = await freePort();
  const settings = ['--bind', '127.0.0.1', '--port', String(port), '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', settings, { stdio: ['ignore', 'pipe', 'inherit'], cwd: '/tmp' });
  const kill = (): void => void server.kill('SIGKILL');
  process.once('exit', kill);
  await new Promise<void>((resolve, reject) => {
    server.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('Ready to accept connections')) resolve();
    });
    server.once('exit', (code) => reject(new Error(`redis-server ended with ${code}.`)));
  });
  return {
    url: `redis://127.0.0.1:${port}`,
    version: /v=(\S+)/.exec(found.stdout)?.[1] ?? 'unknown',
    flush: () => void spawnSync('redis-cli', ['-h', '127.0.0.1', '-p', String(port), 'flushall']),
    stop: () =>
      new Promise((resolve) => {
        process.removeListener('exit', kill);
        server.once('exit', () => resolve());
        server.kill('SIGTERM');
      }),
  };
}
