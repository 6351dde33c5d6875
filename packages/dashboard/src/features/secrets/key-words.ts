import type { InstallationKeyState } from 'job-trigger-contract';

/** What can be done about the key now: nothing, draw a new one, or go on with what is sealed otherwise. */
export interface KeyAdvice {
  readonly text: string;
  readonly verb: 'Draw a new key' | 'Seal anew' | 'Go on' | null;
  /** What to do first, in this order; empty where nothing is. */
  readonly steps: readonly string[];
  /** What will not work for a while, and where; null where nothing is lost. */
  readonly warning: string | null;
}

const values = (count: number): string =>
  count === 1 ? 'One value is' : `${count >= 1000 ? 'More than a thousand' : count} values are`;

function ofFile({ former_keys: former, to_reseal: left, hosts }: InstallationKeyState): KeyAdvice {
  const many = hosts.length > 1;
  const warning = many
    ? `At work: ${hosts.join(', ')}. Each machine reads a secret.key of its own, unless they share the data folder. Copy the new one to the others at once: until then runs there that need a secret fail.`
    : null;
  if (former > 0)
    return {
      text: `A rotation was begun and is not over: the former key is still in secret.key. ${values(left)} sealed with another key.`,
      verb: 'Go on',
      steps: [],
      warning,
    };
  return {
    text: 'The key lies in secret.key, in the data folder of the portal. A new one is written there first, then everything is sealed under it, then the former is removed. It may be interrupted at any time: nothing is lost, and it goes on from here.',
    verb: 'Draw a new key',
    steps: ['Keep a copy of secret.key with the backups that you have: what they hold opens with that key alone.'],
    warning,
  };
}

function ofSettings({ former_keys: former, to_reseal: left }: InstallationKeyState): KeyAdvice {
  if (left > 0 && former > 0)
    return {
      text: `${values(left)} sealed with the former key. Afterwards JOB_PORTAL_FORMER_SECRET_KEY can go, on every machine.`,
      verb: 'Seal anew',
      steps: [],
      warning: null,
    };
  if (left > 0)
    return {
      text: `${values(left)} sealed with a key that the portal does not have.`,
      verb: null,
      steps: ['Give it that key as JOB_PORTAL_FORMER_SECRET_KEY, on every machine, and restart.'],
      warning: null,
    };
  return {
    text: 'The key comes from JOB_PORTAL_SECRET_KEY, so no page can draw another. Everything is sealed with it.',
    verb: null,
    steps: [
      'On every machine with a portal or a worker: the present key as JOB_PORTAL_FORMER_SECRET_KEY, a new one as JOB_PORTAL_SECRET_KEY.',
      'Restart all of them.',
      'Come back here and seal anew.',
    ],
    warning: null,
  };
}

export function adviceOn(state: InstallationKeyState): KeyAdvice {
  if (state.problem !== null) return { text: state.problem, verb: null, steps: [], warning: null };
  return state.source === 'file' ? ofFile(state) : ofSettings(state);
}
