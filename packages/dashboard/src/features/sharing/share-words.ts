import type { Share, ShareLevel, SharesInput } from 'job-trigger-contract';

type Given = NonNullable<SharesInput['items']>[number];

/** What a level lets somebody do. */
export const levelWords: Readonly<Record<ShareLevel, string>> = {
  view: 'view',
  run: 'view and run',
  edit: 'view, run and edit',
};

export const whomOf = ({ with: kind, name, email }: Share): string =>
  kind === 'everyone' ? 'everyone' : (email ?? name ?? '');

/** A share as it is sent again: the server takes whole lists. */
export function sentAgain({ with: kind, name, email, level }: Share): readonly Given[] {
  if (kind === 'everyone') return [{ with: 'everyone', level }];
  if (kind === 'team') return name === null ? [] : [{ with: 'team', team: name, level }];
  return email === null ? [] : [{ with: 'person', email, level }];
}

/** The shares with one more, or with another level for the same. */
export function withShare(items: readonly Share[], added: Given): readonly Given[] {
  const key = (share: Given): string =>
    share.with === 'everyone'
      ? 'everyone'
      : `${share.with} ${share.with === 'team' ? share.team : share.email}`.toLowerCase();
  return [...items.flatMap(sentAgain).filter((share) => key(share) !== key(added)), added];
}

/** What the form holds. */
export interface ShareDraft {
  readonly kind: Share['with'];
  readonly email: string;
  /** Empty: the first there is. */
  readonly team: string;
  readonly level: ShareLevel;
}

export const emptyDraft: ShareDraft = { kind: 'person', email: '', team: '', level: 'view' };

/** What the form asks for; null while it names nobody. */
export function givenOf({ kind, email, team, level }: ShareDraft, teams: readonly string[]): Given | null {
  if (kind === 'everyone') return { with: kind, level };
  if (kind === 'person') return email.includes('@') ? { with: kind, email: email.trim(), level } : null;
  const chosen = team === '' ? teams[0] : team;
  return chosen === undefined ? null : { with: kind, team: chosen, level };
}
