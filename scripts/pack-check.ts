/** Looks at each package as npm would publish it. Needs the build (`npm run typecheck` leaves it in `dist`). */
import { resolve } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

let wrong = 0;
for (const name of ['core', 'contract', 'portal', 'cli']) {
  const pkgDir = resolve('packages', name);
  const { messages, pkg } = await publint({ pkgDir, level: 'error', strict: true });
  for (const message of messages)
    process.stdout.write(`${name}: ${formatMessage(message, pkg, { color: false }) ?? message.code}\n`);
  wrong += messages.length;
}
process.exitCode = wrong === 0 ? 0 : 1;
