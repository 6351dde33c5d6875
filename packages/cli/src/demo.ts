import { userInfo } from 'node:os';
import type { Logger } from 'job-trigger-core';
import type { Installation } from './assembly.ts';
import { writeDemoFiles } from './samples.ts';
import { baseAddress } from './setup-token.ts';

/** Fills an installation with the demo, unless it is there: its scripts first, so that its jobs find them. */
export async function fillDemo({ config, operations, system }: Installation, log: Logger): Promise<void> {
  const began = system.clock.mono();
  if ((await operations.demo.status()).filledAt !== null) {
    log.info('demo is there already');
    return;
  }
  const { scriptsDir, port } = config.values;
  const files = writeDemoFiles(scriptsDir);
  // A free port is not known before the portal listens, and another one the next time.
  const portalUrl = port === 0 ? null : `${baseAddress({ ...config.values, publicUrl: null })}/api/health/live`;
  const filled = await operations.demo.fill(
    { files, portalUrl },
    { personId: null, name: userInfo().username, via: 'cli' },
  );
  if (filled) log.info('demo filled', { tookMs: Math.round(system.clock.mono() - began) });
}
