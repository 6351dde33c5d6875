/** Which transactions meet: pairs that touch the same rows, three at a time, and samples of four. */
import * as acts from './acts.ts';
import type { Act } from './acts.ts';
import type { Play } from './stage.ts';

export interface NamedPlay extends Play {
  readonly name: string;
}

function play(phase: Play['phase'], cast: readonly Act[], more: Partial<Play> = {}): NamedPlay {
  const facts = [phase, ...(more.onLost === 'rerun' ? ['rerun'] : []), ...(more.direct === true ? ['functions'] : [])];
  const name = `${cast.map((act) => act.name).join(' × ')} (${facts.join(', ')})`;
  return { name, acts: cast, phase, onLost: 'fail', direct: false, silent: true, ...more };
}

const { cancel, edit, finish, intend, pause, plan, release, renew, rescue, retry, runNow, show, takeover } = acts;
const [first, second] = [acts.claim('first'), acts.claim('second')];
const rerun = { onLost: 'rerun' } as const;
const functions = { direct: true } as const;

export const pairs: readonly NamedPlay[] = [
  play('queued', [first, second]),
  play('queued', [first, rescue]),
  play('queued', [first, takeover]),
  play('queued', [first, cancel]),
  play('queued', [second, plan]),
  play('queued', [first, second], functions),
  play('queued', [first, rescue], functions),
  play('queued', [first, takeover], functions),
  play('queued', [first, cancel], functions),
  play('claimed', [release, rescue], functions),
  play('claimed', [finish, show], functions),
  play('claimed', [intend, rescue]),
  play('claimed', [intend, rescue], rerun),
  play('claimed', [intend, takeover]),
  play('claimed', [intend, release]),
  play('claimed', [intend, cancel]),
  play('claimed', [release, rescue]),
  play('starting', [finish, rescue]),
  play('starting', [finish, rescue], rerun),
  play('starting', [finish, takeover]),
  play('starting', [finish, cancel]),
  play('starting', [finish, finish]),
  play('starting', [retry, rescue], rerun),
  play('starting', [finish, second]),
  play('starting', [finish, show]),
  play('starting', [retry, show], rerun),
  play('starting', [rescue, show]),
  play('starting', [renew, rescue]),
  play('starting', [rescue, rescue], rerun),
  play('starting', [rescue, takeover], rerun),
  play('starting', [rescue, second], rerun),
  play('due', [plan, plan]),
  play('due', [plan, edit]),
  play('due', [plan, pause]),
  play('due', [plan, runNow]),
  play('due', [runNow, runNow]),
  play('due', [edit, pause]),
];

export const threes: readonly NamedPlay[] = [
  play('queued', [first, second, rescue]),
  play('queued', [first, second, rescue], functions),
  play('queued', [first, second, takeover], { ...functions, ...rerun }),
  play('claimed', [intend, rescue, second], rerun),
  play('claimed', [intend, rescue, takeover]),
  play('starting', [finish, rescue, renew]),
  play('starting', [finish, rescue, second], rerun),
  play('starting', [finish, cancel, takeover]),
  play('starting', [finish, show, second]),
  play('starting', [finish, show, rescue]),
  play('due', [plan, plan, runNow]),
  play('due', [plan, edit, pause]),
  play('due', [plan, second, runNow]),
];

export const fours: readonly NamedPlay[] = [
  play('starting', [finish, rescue, second, takeover], rerun),
  play('claimed', [intend, rescue, second, cancel], rerun),
  play('queued', [first, second, plan, cancel]),
  play('due', [plan, plan, edit, runNow]),
];
