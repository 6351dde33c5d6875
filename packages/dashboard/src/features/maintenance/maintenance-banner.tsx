import { Text } from '@mantine/core';
import { IconTool } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Maintenance } from 'job-trigger-contract';
import { When } from '../../components/when.tsx';
import { EndMaintenance } from './end-maintenance.tsx';
import './maintenance.css';
import { useMaintenance } from './use-maintenance.ts';
import { drainsText } from './words.ts';

function Line({ window }: { readonly window: Maintenance }) {
  const { until, set_by, scope, scope_text, reason } = window;
  return (
    <div className="jtp-maintenance-line">
      <Text size="sm" className="jtp-anywhere" component="div">
        <Link to="/admin/maintenance" className="jtp-link jtp-maintenance-name">
          Maintenance
        </Link>{' '}
        {until === null ? (
          'lasts until somebody ends it'
        ) : (
          <>
            ends <When at={until} planned />
          </>
        )}
        {set_by === null ? '' : `, started by ${set_by}`}
        {scope.kind === 'all' ? '' : `: ${scope_text}`}
        {reason === null ? '.' : `: “${reason}”.`} {drainsText(window)}
      </Text>
      <EndMaintenance window={window} />
    </div>
  );
}

/** Says on every page that nothing starts by itself, until when, and by whom. */
export function MaintenanceBanner() {
  const { data } = useMaintenance();
  const active = data?.items.filter(({ state }) => state === 'active') ?? [];
  if (active.length === 0) return null;
  return (
    <section aria-label="Maintenance" className="jtp-maintenance-banner">
      <IconTool size={20} aria-hidden="true" />
      <div>
        {active.slice(0, 3).map((window) => (
          <Line key={window.id} window={window} />
        ))}
        {active.length > 3 ? (
          <Text size="sm">
            <Link to="/admin/maintenance" className="jtp-link">
              And {active.length - 3} more
            </Link>
          </Text>
        ) : null}
      </div>
    </section>
  );
}
