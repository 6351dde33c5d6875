import { distanceBetween, settingTable } from 'job-trigger-core';
import { programVariables } from './help/topics.ts';
import { environmentOf } from './settings-source.ts';
import type { Terminal } from './terminal.ts';

const prefix = 'JOB_PORTAL_';

/** One for each provider that the settings name. */
const clientSecret = /^JOB_PORTAL_OIDC_[A-Z0-9_]+_CLIENT_SECRET(?:_FILE)?$/;

function knownNames(): readonly string[] {
  const settings = settingTable.flatMap(({ variable, secret }) => [
    `${prefix}${variable}`,
    ...(secret === true ? [`${prefix}${variable}_FILE`] : []),
  ]);
  return [...settings, ...Object.keys(programVariables), `${prefix}TEST_NOW`];
}

/** The name that was meant, where one is near. */
function nearest(name: string, known: readonly string[]): string | null {
  const distances = known.map((each) => distanceBetween(name, each));
  const least = Math.min(...distances);
  return least <= 3 ? (known[distances.indexOf(least)] ?? null) : null;
}

/** What there is to say of variables that look like settings and are none. Only said: they may be meant for others. */
export function wordsOfUnknown(terminal: Terminal): readonly string[] {
  const known = knownNames();
  const unknown = Object.keys(environmentOf(terminal)).filter(
    (name) => name.startsWith(prefix) && !known.includes(name) && !clientSecret.test(name),
  );
  return unknown.map((name) => {
    const meant = nearest(name, known);
    return `${name} is no setting${meant === null ? '. See them all with: jtp config show' : `; did you mean ${meant}?`}`;
  });
}
