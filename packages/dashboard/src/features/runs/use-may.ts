import { useQuery } from '@tanstack/react-query';
import type { Person } from 'job-trigger-contract';
import { api } from '../../lib/api.ts';

const ranks: Readonly<Record<Person['role'], number>> = { viewer: 0, operator: 1, editor: 2, admin: 3 };

/** Null when the signed-in person may, else the sentence that says who may. The server decides again. */
export function useMay(role: Person['role']): string | null {
  const session = useQuery({ queryKey: ['session'], queryFn: () => api.session(), staleTime: 60_000 });
  const person = session.data?.person;
  if (person === undefined || person === null) return null;
  return ranks[person.role] >= ranks[role]
    ? null
    : `This needs the role ${role} or higher; you are ${person.role}. An administrator can change that.`;
}
