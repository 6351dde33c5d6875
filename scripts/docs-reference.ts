/** Writes the reference pages that are made from code. `npm run docs:reference`; a test says when it is needed. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { auditPage } from './reference/audit.ts';
import { cliPage } from './reference/cli.ts';
import { configurationPage } from './reference/configuration.ts';
import { errorsPage } from './reference/errors.ts';
import { faultsPage } from './reference/faults.ts';
import { reasonsPage } from './reference/reasons.ts';
import { restPage } from './reference/rest.ts';
import { securityPage } from './reference/security.ts';
import { rolesPage } from './reference/roles.ts';
import { webhookSchema } from './reference/webhook-schema.ts';

/** Each page by its path from the root of the project. */
export function referencePages(): Readonly<Record<string, string>> {
  return {
    'docs/reference/audit.md': auditPage(),
    'docs/reference/cli.md': cliPage(),
    'docs/reference/configuration.md': configurationPage(),
    'docs/reference/errors.md': errorsPage(),
    'docs/reference/faults.md': faultsPage(),
    'docs/reference/reasons.md': reasonsPage(),
    'docs/reference/rest.md': restPage(),
    'docs/reference/security.md': securityPage(),
    'docs/reference/roles.md': rolesPage(),
    'docs/reference/webhook-message.schema.json': webhookSchema(),
  };
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(referencePages())) {
    const file = join(import.meta.dirname, '..', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    process.stdout.write(`${path}\n`);
  }
}
