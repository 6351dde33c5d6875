import { Link } from '@tanstack/react-router';
import type { Lock } from 'job-trigger-contract';
import { Rows } from '../../components/rows.tsx';
import { CountButton } from './count-button.tsx';
import { useLimitActs } from './use-limit-acts.ts';

/** Named locks, and who holds them. */
export function LockList({ items }: { readonly items: readonly Lock[] }) {
  const { lock: act } = useLimitActs();
  return (
    <Rows
      label="Locks"
      items={items}
      keyOf={({ name }) => name}
      columns={[
        { title: 'Lock', cell: ({ name }) => <span className="jtp-cell-name">{name}</span> },
        { title: 'Held', cell: ({ holders, count }) => `${holders.length} of ${count}` },
        { title: 'Waiting', cell: ({ waiting }) => waiting },
        {
          title: 'Held by',
          cell: ({ holders }) =>
            holders.length === 0
              ? '—'
              : holders.map(({ run_id: id, job_name }) => (
                  <div key={id}>
                    <Link to="/runs/$id" params={{ id }} className="jtp-link">
                      {job_name}
                    </Link>
                  </div>
                )),
        },
        {
          title: 'Acts',
          cell: ({ name, count }) => (
            <CountButton
              of={`the lock ${name}`}
              text="So many runs of all the jobs that name it live at once."
              value={count}
              least="operator"
              mayBeEmpty={false}
              busy={act.isPending}
              onSave={(value, close) => act.mutate({ name, count: value ?? 1 }, { onSuccess: close })}
            />
          ),
        },
      ]}
    />
  );
}
