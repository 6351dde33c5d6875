/** Wrong requests about shares, owners and teams. */
import { invalid, type WrongCall } from './test-wrong-call.ts';

const toShares = { method: 'PUT', path: '/api/jobs/{job}/shares' } as const;
export const wrongShares: readonly WrongCall[] = [
  {
    what: 'a share with nobody known',
    ...toShares,
    body: { items: [{ with: 'person', email: 'nobody@example.org', level: 'view' }] },
    ...invalid,
    field: 'items.0.email',
    says: 'no person',
  },
  {
    what: 'a share with no team',
    ...toShares,
    body: { items: [{ with: 'team', team: 'Nowhere', level: 'view' }] },
    ...invalid,
    field: 'items.0.team',
    says: 'no team',
  },
  {
    what: 'the same share twice',
    ...toShares,
    body: {
      items: [
        { with: 'everyone', level: 'view' },
        { with: 'everyone', level: 'run' },
      ],
    },
    ...invalid,
    field: 'items.1',
    says: 'already',
  },
  {
    what: 'a share to do more than there is',
    ...toShares,
    body: { items: [{ with: 'everyone', level: 'own' }] },
    ...invalid,
    field: 'items.0.level',
    says: 'view',
  },
  {
    what: 'an owner who is nobody known',
    ...toShares,
    body: { owner: 'nobody@example.org' },
    ...invalid,
    field: 'owner',
    says: 'no person',
  },
  {
    what: 'a team whose name is a path',
    method: 'PUT',
    path: '/api/teams/a%2Fb',
    body: {},
    ...invalid,
    field: 'name',
    says: 'slash',
  },
];
