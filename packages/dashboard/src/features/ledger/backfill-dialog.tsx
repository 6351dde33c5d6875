import {
  Button,
  Checkbox,
  Group,
  Modal,
  NativeSelect,
  NumberInput,
  Progress,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Backfill, BackfillProgress, BackfillRequest, Job } from 'job-trigger-contract';
import { useState } from 'react';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { wordsOf } from '../../lib/problem.ts';
import { refreshTopics } from '../../lib/query.ts';
import { RepeatKey } from '../../lib/repeat-key.ts';
import { fullText } from '../../lib/time.ts';
import { countedRuns, leftOutWords, progressWords } from './backfill-words.ts';

export interface BackfillSpan {
  readonly from: string;
  readonly to: string;
  readonly scheduleId: string | null;
  readonly zone: string;
}

interface BackfillDialogProps {
  readonly job: Job;
  readonly span: BackfillSpan;
  readonly close: () => void;
}

/** How far it is, and the way to stop what waits. */
function Running({ job, made, close }: { readonly job: Job; readonly made: Backfill; readonly close: () => void }) {
  const params = { id: job.id };
  const query = made.created_at === null ? {} : { created_at: made.created_at };
  const progress = useQuery({
    queryKey: ['runs', 'backfill', job.id, made.created_at],
    queryFn: () => api.backfillProgress({ params, query }),
    refetchInterval: 2000,
  });
  const cancel = useMutation({
    mutationFn: () => api.cancelBackfill({ params, query }),
    onSuccess: ({ cancelled }) => sayDone(`Cancelled ${countedRuns(cancelled)}.`),
    onError: sayFailed,
    onSettled: () => refreshTopics(['runs']),
  });
  const known: BackfillProgress | undefined = progress.data;
  const open = known === undefined ? made.count : known.waiting + known.live;
  return (
    <Stack>
      <Progress
        value={made.count === 0 ? 100 : ((made.count - open) / made.count) * 100}
        aria-label={`${made.count - open} of ${made.count} runs have ended`}
        size="lg"
      />
      <Text size="sm" component="output">
        {made.count - open} of {countedRuns(made.count)} ended. {known === undefined ? '' : progressWords(known)}
      </Text>
      <Group justify="space-between">
        <Link to="/runs" search={{ job: job.id, trigger: 'backfill' }} className="jtp-link">
          Open its runs
        </Link>
        <Group gap="sm">
          <Button
            variant="default"
            disabled={known === undefined || known.waiting === 0}
            loading={cancel.isPending}
            onClick={() => cancel.mutate()}
          >
            Cancel what waits
          </Button>
          <Button onClick={close}>Close</Button>
        </Group>
      </Group>
    </Stack>
  );
}

/** What the count said, or why it could not be made. */
function Counted({ query }: { readonly query: Pick<UseQueryResult<Backfill>, 'data' | 'error'> }) {
  const { data, error } = query;
  if (error !== null)
    return (
      <Text size="sm" component="output" className="jtp-state-failed">
        {wordsOf(error).text}
      </Text>
    );
  return (
    <Text size="sm" component="output">
      {data === undefined ? (
        'Counting …'
      ) : (
        <>
          <b>{countedRuns(data.count)}</b> would be made. {leftOutWords(data)}
        </>
      )}
    </Text>
  );
}

/** An instant as people read it, below its field. */
function spoken(at: string, zone: string): string {
  const instant = Date.parse(at);
  return Number.isNaN(instant) ? 'Not an instant' : fullText(instant, zone);
}

function Asking({ job, span, close, done }: BackfillDialogProps & { readonly done: (made: Backfill) => void }) {
  const [from, setFrom] = useState(span.from);
  const [to, setTo] = useState(span.to);
  const [order, setOrder] = useState<'oldest' | 'newest'>('oldest');
  const [rate, setRate] = useState<number | string>(1);
  const [again, setAgain] = useState(false);
  const [keys] = useState(() => new RepeatKey());
  const body: BackfillRequest = {
    from,
    to,
    order,
    again,
    ...(span.scheduleId === null ? {} : { schedule_id: span.scheduleId }),
    ...(typeof rate === 'number' && rate > 0 ? { rate } : {}),
  };
  const [asked] = useDebouncedValue(body, 300);
  const params = { id: job.id };
  const dry = useQuery({
    queryKey: ['job', job.id, 'backfill', asked],
    queryFn: () => api.backfill({ params, body: { ...asked, dry_run: true } }),
    retry: false,
  });
  const start = useMutation({
    mutationFn: () => api.backfill({ params, body }, { headers: keys.headersFor(body) }),
    onSuccess: (made) => {
      keys.done();
      done(made);
    },
    onError: sayFailed,
    onSettled: () => refreshTopics(['runs']),
  });
  const count = dry.data?.count ?? 0;
  return (
    <Stack>
      <Text size="sm">
        Makes a run for each due instant of the span. The ledger stays as it is; instants whose run waits, lives or
        succeeded are left out.
      </Text>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <TextInput
          label="From"
          description={spoken(from, span.zone)}
          value={from}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
        <TextInput
          label="To"
          description={spoken(to, span.zone)}
          value={to}
          onChange={(event) => setTo(event.currentTarget.value)}
        />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <NativeSelect
          label="Order"
          description="Which starts first"
          data={[
            { value: 'oldest', label: 'Oldest first' },
            { value: 'newest', label: 'Newest first' },
          ]}
          value={order}
          onChange={(event) => setOrder(event.currentTarget.value === 'newest' ? 'newest' : 'oldest')}
        />
        <NumberInput
          label="Rate"
          description="Starts a second"
          value={rate}
          onChange={setRate}
          min={0.001}
          max={1000}
          step={1}
        />
      </SimpleGrid>
      <Checkbox
        label="Also instants whose run succeeded"
        checked={again}
        onChange={(event) => setAgain(event.currentTarget.checked)}
      />
      <Counted query={dry} />
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          Close
        </Button>
        <Button
          disabled={dry.data === undefined || count === 0}
          loading={start.isPending}
          onClick={() => start.mutate()}
        >
          {count === 0 ? 'Backfill' : `Make ${countedRuns(count)}`}
        </Button>
      </Group>
    </Stack>
  );
}

/** Runs for instants that have passed: counted, then made, then watched. */
export function BackfillDialog(props: BackfillDialogProps) {
  const [made, setMade] = useState<Backfill | null>(null);
  return (
    <Modal opened onClose={props.close} title={`Backfill ${props.job.name}`} size="lg">
      {made === null ? (
        <Asking {...props} done={setMade} />
      ) : (
        <Running job={props.job} made={made} close={props.close} />
      )}
    </Modal>
  );
}
