import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import type { AlertShape } from 'job-trigger-contract';
import { AlertBadge } from '../../components/state-badge.tsx';
import { When } from '../../components/when.tsx';
import { Told } from '../../components/told.tsx';
import { AlertLink } from './alert-link.tsx';
import { kindWords } from './alert-words.ts';
import type { useAcknowledge } from './use-alerts.ts';

/** When it was raised, when it ended, and who has seen it. */
function Times({ alert }: { readonly alert: AlertShape }) {
  return (
    <Text size="sm" c="dimmed" component="div">
      {kindWords[alert.kind]} · since <When at={alert.raised_at} />
      {alert.resolved_at === null ? null : (
        <>
          {' '}
          · over <When at={alert.resolved_at} />
        </>
      )}
      {alert.acknowledged_by === null ? null : ` · seen by ${alert.acknowledged_by}`}
    </Text>
  );
}

interface AlertCardProps {
  readonly alert: AlertShape;
  readonly acknowledge: ReturnType<typeof useAcknowledge>['one'];
  /** Why this person may not; null when they may. */
  readonly refusal: string | null;
}

/** One alert: what happened, what to do, and how it ended. */
export function AlertCard({ alert, acknowledge, refusal }: AlertCardProps) {
  const isOpen = alert.state === 'open';
  return (
    <Paper component="li" withBorder p="md" radius="md" className="jtp-alert-card">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} className="jtp-alert-told">
          <Group gap="4px 12px">
            <AlertBadge alert={alert} />
            <Text fw={600} component="h3" size="md" className="jtp-anywhere">
              {alert.title}
            </Text>
          </Group>
          <Text size="sm" className="jtp-anywhere">
            <Told text={alert.text} />
          </Text>
          {alert.resolution === null ? null : (
            <Text size="sm" fw={600} className="jtp-anywhere">
              {alert.resolution}
            </Text>
          )}
          {isOpen ? (
            <Text size="sm" component="div" className="jtp-inline">
              {alert.advice} <AlertLink alert={alert} />
            </Text>
          ) : (
            <Text size="sm" component="div" className="jtp-inline">
              <AlertLink alert={alert} />
            </Text>
          )}
          <Times alert={alert} />
        </Stack>
        {isOpen && alert.acknowledged_at === null ? (
          <Button
            variant="default"
            size="xs"
            disabled={refusal !== null}
            title={refusal ?? undefined}
            loading={acknowledge.isPending && acknowledge.variables === alert.id}
            onClick={() => acknowledge.mutate(alert.id)}
            aria-label={`Acknowledge: ${alert.title}`}
          >
            Acknowledge
          </Button>
        ) : null}
      </Group>
    </Paper>
  );
}
