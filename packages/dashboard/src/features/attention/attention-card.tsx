import { Button, Group, Menu, Paper, Stack, Text, UnstyledButton } from '@mantine/core';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { AttentionShape } from 'job-trigger-contract';
import { Look } from '../../components/state-badge.tsx';
import { When } from '../../components/when.tsx';
import { Told } from '../../components/told.tsx';
import { alertLooks } from '../../lib/states.ts';
import { AttentionFacts } from './attention-detail.tsx';
import { canRetry, classWords, kindWords, timesWords } from './attention-words.ts';
import { FirstAct } from './first-act.tsx';
import { SnoozeMenu } from './snooze-menu.tsx';
import { useAttentionActs, type AttentionActs } from './use-attention.ts';

interface CardProps {
  readonly item: AttentionShape;
  readonly opened: boolean;
  readonly toggle: () => void;
  readonly refusal: string | null;
  /** Opens the choice of other parameters for a run. */
  readonly changeParameters: (runId: string) => void;
}

function Facts({ item }: { readonly item: AttentionShape }) {
  const what = item.class === null ? kindWords[item.kind] : `${kindWords[item.kind]} · ${classWords[item.class]}`;
  return (
    <Text size="sm" c="dimmed" component="div">
      {what} · {timesWords(item)} · since <When at={item.since} />
      {item.owner === null ? null : ` · ${item.owner.name} owns it`}
      {item.acknowledged_by === null ? null : ` · seen by ${item.acknowledged_by}`}
      {item.state === 'snoozed' ? (
        <>
          {' '}
          · snoozed until <When at={item.snoozed_until} planned />
        </>
      ) : null}
      {item.resolved_at === null ? null : (
        <>
          {' '}
          · over <When at={item.resolved_at} />
        </>
      )}
    </Text>
  );
}

function More({
  item,
  acts,
  refusal,
  changeParameters,
}: Pick<CardProps, 'item' | 'refusal' | 'changeParameters'> & { readonly acts: AttentionActs }) {
  const { run_id: run, job_id: job, owner, title } = item;
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button
          variant="default"
          size="xs"
          aria-label={`More acts: ${title}`}
          disabled={refusal !== null}
          title={refusal ?? undefined}
          rightSection={<IconChevronDown size={14} aria-hidden="true" />}
        >
          More
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {run === null || job === null ? null : (
          <>
            <Menu.Item onClick={() => changeParameters(run)}>Retry with other parameters</Menu.Item>
            <Menu.Item onClick={() => acts.retry.mutate({ which: 'newest', reset_failure_count: true })}>
              Reset the counter and retry
            </Menu.Item>
          </>
        )}
        {owner === null ? null : <Menu.Item onClick={() => acts.assign.mutate(null)}>Give it to nobody</Menu.Item>}
        <Menu.Item onClick={() => acts.resolve.mutate()}>Resolve</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Buttons({
  item,
  acts,
  refusal,
  changeParameters,
}: Pick<CardProps, 'item' | 'refusal' | 'changeParameters'> & { readonly acts: AttentionActs }) {
  const { title, recommended_action: advice, owner } = item;
  const common = { size: 'xs', variant: 'default', disabled: refusal !== null } as const;
  const isRetried = advice.act === 'retry' || advice.act === 'retry_all';
  if (item.state === 'resolved')
    return (
      <Group>
        <Button {...common} aria-label={`Open again: ${title}`} onClick={() => acts.reopen.mutate()}>
          Open again
        </Button>
      </Group>
    );
  return (
    <Group gap="xs">
      <FirstAct item={item} acts={acts} refusal={refusal} />
      {isRetried || !canRetry(item) ? null : (
        <Button
          {...common}
          data-act="retry"
          title={refusal ?? 'Key r'}
          loading={acts.retry.isPending}
          aria-label={`Retry now: ${title}`}
          onClick={() => acts.retry.mutate({ which: 'newest' })}
        >
          Retry now
        </Button>
      )}
      {item.acknowledged_at === null ? (
        <Button
          {...common}
          data-act="acknowledge"
          title={refusal ?? 'Key a'}
          loading={acts.acknowledge.isPending}
          aria-label={`Acknowledge: ${title}`}
          onClick={() => acts.acknowledge.mutate()}
        >
          Acknowledge
        </Button>
      ) : null}
      {owner === null ? (
        <Button {...common} aria-label={`Assign to me: ${title}`} onClick={() => acts.assign.mutate('me')}>
          Assign to me
        </Button>
      ) : null}
      {item.state === 'snoozed' ? (
        <Button {...common} aria-label={`Bring back: ${title}`} onClick={() => acts.snooze.mutate(null)}>
          Bring back
        </Button>
      ) : (
        <SnoozeMenu title={title} snooze={acts.snooze} refusal={refusal} />
      )}
      <More item={item} acts={acts} refusal={refusal} changeParameters={changeParameters} />
    </Group>
  );
}

function Title({ item, opened, toggle }: Pick<CardProps, 'item' | 'opened' | 'toggle'>) {
  const isOver = item.state === 'resolved';
  const isNew = item.opened === 1 && item.acknowledged_at === null && !isOver;
  const Chevron = opened ? IconChevronDown : IconChevronRight;
  return (
    <Group gap="4px 12px" wrap="wrap">
      <Look look={alertLooks[isOver ? 'resolved' : item.severity]} />
      <UnstyledButton onClick={toggle} aria-expanded={opened} data-act="open" className="jtp-attention-title">
        <Text fw={600} component="h2" size="md" className="jtp-anywhere">
          {item.title}
        </Text>
        <Chevron size={16} aria-hidden="true" />
      </UnstyledButton>
      {isNew ? <span className="jtp-mark">New</span> : null}
      {item.critical && !isOver ? <span className="jtp-mark jtp-mark-critical">Critical</span> : null}
    </Group>
  );
}

/** How it ended, or what to do. */
function Advice({ item }: Pick<CardProps, 'item'>) {
  const { state, ending, recommended_action: advice } = item;
  if (state !== 'resolved' || ending === null) return <Text size="sm">{advice.text}</Text>;
  return (
    <Text size="sm" fw={600} className="jtp-anywhere">
      {ending.by === null ? 'Ended by itself. ' : ''}
      <Told text={ending.text} />
    </Text>
  );
}

/** One cause: what happened, how often, the line that shows it, and what to do. */
export function AttentionCard({ item, opened, toggle, refusal, changeParameters }: CardProps) {
  const acts = useAttentionActs(item);
  return (
    <Paper
      component="li"
      withBorder
      p="md"
      radius="md"
      className="jtp-attention-card"
      data-item={item.id}
      data-seen={item.acknowledged_at !== null}
      tabIndex={-1}
    >
      <Stack gap={6}>
        <Title item={item} opened={opened} toggle={toggle} />
        {item.evidence === '' ? null : (
          <Text size="sm" component="code" className="jtp-evidence">
            {item.evidence}
          </Text>
        )}
        <Advice item={item} />
        <Facts item={item} />
        {item.note === null || opened ? null : (
          <Text size="sm" className="jtp-anywhere">
            <b>Note:</b> {item.note}
          </Text>
        )}
        <Buttons item={item} acts={acts} refusal={refusal} changeParameters={changeParameters} />
        {opened ? <AttentionFacts id={item.id} acts={acts} refusal={refusal} /> : null}
      </Stack>
    </Paper>
  );
}
