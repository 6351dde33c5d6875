import { Checkbox, NativeSelect } from '@mantine/core';
import type { Person } from 'job-trigger-contract';
import { approverWords, roleNames, roleWords } from './role-words.ts';

export type Rights = Pick<Person, 'role'> & { readonly approver: boolean };

/** What somebody may: the role, and what is given besides. */
export function RightsFields({
  rights,
  change,
}: {
  readonly rights: Rights;
  readonly change: (rights: Rights) => void;
}) {
  return (
    <>
      <NativeSelect
        label="Role"
        description={roleWords[rights.role]}
        data={[...roleNames]}
        value={rights.role}
        onChange={(event) => change({ ...rights, role: event.currentTarget.value as Person['role'] })}
      />
      <Checkbox
        label="Approver"
        description={approverWords}
        checked={rights.approver}
        onChange={(event) => change({ ...rights, approver: event.currentTarget.checked })}
      />
    </>
  );
}
