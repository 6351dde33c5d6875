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
