import { Button, Group, Stack, Text, Textarea } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AttentionDetail } from 'job-trigger-contract';
import { useState, type ReactNode } from 'react';
import { Loaded } from '../../components/loaded.tsx';
import { When } from '../../components/when.tsx';
import { Told } from '../../components/told.tsx';
import { useAttentionItem, type AttentionActs } from './use-attention.ts';

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <Text size="sm" component="div" className="jtp-anywhere">
      <b>{name}:</b> {children}
    </Text>
  );
}

function Since({ since }: { readonly since: NonNullable<AttentionDetail['since_success']> }) {
  if (since.run_id === null) return <Fact name="Last success">none that is kept</Fact>;
  const { version, worker, script, parameters } = since;
  const changes = [
    version === null ? null : (
      <span key="version">
        version {version.from} became {version.to}
        {version.by === null ? '' : ` by ${version.by}`} <When at={version.at} />
      </span>
    ),
    worker === null ? null : (
      <span key="worker">
        worker {worker.from}, now {worker.to}
      </span>
    ),
    script === null ? null : (
      <span key="script">
        the content of its script ({script.from.slice(0, 8)}, now {script.to.slice(0, 8)})
      </span>
    ),
    parameters.length === 0 ? null : <span key="parameters">other values of {parameters.join(', ')}</span>,
  ].filter((change) => change !== null);
  return (
    <>
      <Fact name="Last success">
        <Link to="/runs/$id" params={{ id: since.run_id }} className="jtp-link">
          <When at={since.ended_at} />
        </Link>
      </Fact>
      <Fact name="Changed since">
        {changes.length === 0 ? 'nothing in its definition, its script, its parameters or its worker' : null}
        {changes.map((change, at) => (
          <span key={change.key}>
            {at === 0 ? '' : '; '}
            {change}
          </span>
        ))}
      </Fact>
    </>
  );
}

function Touched({ item }: { readonly item: AttentionDetail }) {
  return (
    <Fact name={item.touched.length === 1 ? 'Job' : 'Jobs'}>
      {item.touched.map((job, at) => (
        <span key={job.job_id}>
          {at === 0 ? '' : ', '}
          <Link to="/jobs/$id" params={{ id: job.job_id }} className="jtp-link">
            {job.job_name}
          </Link>
          {item.kind === 'missed' ? (
            <>
              {' ('}
              <Link to="/jobs/$id" params={{ id: job.job_id }} search={{ tab: 'occurrences' }} className="jtp-link">
                occurrences
              </Link>
              )
            </>
          ) : null}
          {job.times > 1 ? ` (${job.times})` : ''}
          {job.healed_at === null ? '' : ' · succeeded since'}
        </span>
      ))}
    </Fact>
  );
}

const shownRuns = 10;

function Runs({ item }: { readonly item: AttentionDetail }) {
  return (
    <Fact name={item.runs.length === 1 ? 'Run' : 'Runs, newest first'}>
      {item.runs.slice(0, shownRuns).map((run, at) => (
        <span key={run.run_id}>
          {at === 0 ? '' : ', '}
          <Link to="/runs/$id" params={{ id: run.run_id }} className="jtp-link">
            <When at={run.ended_at} precision="second" />
          </Link>
          {run.retry_run_id === null ? '' : ' (run again)'}
        </span>
      ))}
      {item.times > shownRuns ? ` and ${item.times - shownRuns} more` : ''}
    </Fact>
  );
}

function Note({
  note,
  acts,
  refusal,
}: {
  readonly note: string | null;
  readonly acts: AttentionActs;
  readonly refusal: string | null;
}) {
  const [text, setText] = useState(note ?? '');
  return (
    <Group align="flex-end" gap="sm">
      <Textarea
        label="Note"
        autosize
        minRows={1}
        maxLength={2000}
        className="jtp-attention-note"
        value={text}
        disabled={refusal !== null}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button
        size="sm"
        variant="default"
        disabled={refusal !== null || text === (note ?? '')}
        loading={acts.note.isPending}
        onClick={() => acts.note.mutate(text.trim())}
      >
        Save note
      </Button>
    </Group>
  );
}

function Facts({
  item,
  acts,
  refusal,
}: {
  readonly item: AttentionDetail;
  readonly acts: AttentionActs;
  readonly refusal: string | null;
}) {
  const { pattern, ending } = item;
  return (
    <Stack gap={6} className="jtp-attention-facts">
      {pattern === null || pattern.consecutive_failures + pattern.recent_failures === 0 ? null : (
        <Fact name="Pattern">
          {pattern.consecutive_failures} in a row, {pattern.recent_failures} recently, by its schedule
        </Fact>
      )}
      {item.since_success === null ? null : <Since since={item.since_success} />}
      {item.touched.length === 0 ? null : <Touched item={item} />}
      {item.runs.length === 0 ? null : <Runs item={item} />}
      <Fact name="First seen">
        <When at={item.first_seen_at} />
        {item.opened > 1 ? `, opened ${item.opened} times` : ''}
      </Fact>
      {ending === null || item.state === 'resolved' ? null : (
        <Fact name="What helped last time">
          <Told text={ending.text} /> {ending.by === null ? '' : `(${ending.by}) `}
          <When at={ending.at} />
        </Fact>
      )}
      <Note key={item.note} note={item.note} acts={acts} refusal={refusal} />
    </Stack>
  );
}

/** What is known of an item beyond its line. */
export function AttentionFacts({
  id,
  acts,
  refusal,
}: {
  readonly id: string;
  readonly acts: AttentionActs;
  readonly refusal: string | null;
}) {
  const query = useAttentionItem(id);
  return (
    <Loaded query={query} rows={3}>
      {(item) => <Facts item={item} acts={acts} refusal={refusal} />}
    </Loaded>
  );
}
