import { Alert, Button, Group, List, SegmentedControl, Stack, Switch, Text } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import type { ScriptReview } from 'job-trigger-contract';
import { useCallback, useMemo, useState } from 'react';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { Look } from '../components/state-badge.tsx';
import { When } from '../components/when.tsx';
import { CommentForm } from '../features/scripts/comment-form.tsx';
import { DecisionDialog, type Decision } from '../features/scripts/decision.tsx';
import { ChangeSteps, ScriptLines } from '../features/scripts/script-lines.tsx';
import { ScriptHistory } from '../features/scripts/script-notes.tsx';
import { begunText, lookOf, standingWords } from '../features/scripts/script-words.ts';
import { changesIn } from '../features/scripts/side-by-side.ts';
import { useReviewKeys } from '../features/scripts/use-review-keys.ts';
import { useSession } from '../features/people/use-session.ts';
import { api } from '../lib/api.ts';

function Facts({ review }: { readonly review: ScriptReview }) {
  const { standing, version, problem, seen_at } = review;
  const begun = begunText(review, review.approvals_needed);
  const means = begun === null ? standingWords[standing] : 'No job runs it before another person has approved it, too.';
  return (
    <Stack gap="sm">
      <Group gap="md">
        <Look look={lookOf(review, review.approvals_needed)} />
        {version === null ? null : (
          <Text size="sm" c="dimmed">
            Version {version.number} · {version.bytes.toLocaleString('en')} bytes · since <When at={seen_at} />
          </Text>
        )}
      </Group>
      <Text size="sm">{problem ?? means}</Text>
      {version?.decided_at === null || version === null ? null : (
        <Text size="sm" component="div">
          {version.decided_by}, <When at={version.decided_at} />
          {version.note === null ? '' : `: “${version.note}”`}
        </Text>
      )}
      {version === null ? null : (
        <Text size="xs" c="dimmed" ff="monospace" className="jtp-break">
          SHA-256 {version.sha256}
        </Text>
      )}
      <Authors review={review} />
    </Stack>
  );
}

function Authors({ review: { authors, is_written, approvals_needed } }: { readonly review: ScriptReview }) {
  const verb = authors.length === 1 ? 'does' : 'do';
  return (
    <Text size="sm" c="dimmed">
      {authors.length === 0
        ? 'No job names it.'
        : `${is_written ? 'Written' : 'Made part of a job'} by ${authors.join(', ')}, who ${verb} not approve it.`}
      {approvals_needed > 1 ? ` ${approvals_needed} people have to approve it, each another one.` : ''}
    </Text>
  );
}

function Hints({ hints }: Pick<ScriptReview, 'hints'>) {
  if (hints.length === 0) return null;
  return (
    <Panel title="Look at this">
      <List size="sm">
        {hints.map(({ code, text, line }) => (
          <List.Item key={`${code} ${line}`}>
            {line === null ? '' : `Line ${line}: `}
            {text}
          </List.Item>
        ))}
      </List>
    </Panel>
  );
}

function Jobs({ jobs }: Pick<ScriptReview, 'jobs'>) {
  if (jobs.length === 0) return null;
  return (
    <Panel title="Jobs that run it">
      <List size="sm">
        {jobs.map(({ id, name, active, next_due_at }) => (
          <List.Item key={id}>
            <div>
              <Link to="/jobs/$id" params={{ id }} className="jtp-link">
                {name}
              </Link>
            </div>
            <Text size="sm" c="dimmed" component="div">
              {active ? 'Next due ' : 'Paused'}
              {active ? <When at={next_due_at} planned none="when asked for" /> : null}
            </Text>
          </List.Item>
        ))}
      </List>
    </Panel>
  );
}

/** Where the steps through the changes stand, and the row of it in sight. */
function useChanges(review: ScriptReview) {
  const changes = useMemo(() => changesIn(review.lines), [review.lines]);
  const [at, setAt] = useState<number | null>(null);
  const step = useCallback(
    (by: 1 | -1): void => {
      if (changes.length === 0) return;
      const next = at === null ? (by === 1 ? 0 : changes.length - 1) : (at + by + changes.length) % changes.length;
      setAt(next);
      document.querySelector(`[data-place="${changes[next]}"]`)?.scrollIntoView({ block: 'center' });
    },
    [at, changes],
  );
  return { changes: changes.length, at, here: at === null ? null : (changes[at] ?? null), step };
}

type Form = 'beside' | 'unified';

interface ControlsProps {
  readonly form: Form;
  readonly setForm: (form: Form) => void;
  readonly isWhole: boolean;
  readonly setWhole: (isWhole: boolean) => void;
}

/** How the difference is shown; a narrow window has room for one column. */
function Controls({ form, setForm, isWhole, setWhole }: ControlsProps) {
  return (
    <>
      <Switch label="Whole file" checked={isWhole} onChange={(event) => setWhole(event.currentTarget.checked)} />
      <SegmentedControl
        size="xs"
        visibleFrom="md"
        aria-label="Form of the difference"
        data={[
          { value: 'beside', label: 'Side by side' },
          { value: 'unified', label: 'Unified' },
        ]}
        value={form}
        onChange={(value) => setForm(value === 'unified' ? 'unified' : 'beside')}
      />
    </>
  );
}

function Changed({ review }: { readonly review: ScriptReview }) {
  const isNarrow = useMediaQuery('(max-width: 62em)') === true;
  const [form, setForm] = useState<Form>('beside');
  const [isWhole, setWhole] = useState(false);
  const { changes, at, here, step } = useChanges(review);
  useReviewKeys({ step });
  return (
    <Panel
      title={`Changed since version ${review.base}`}
      aside={
        <Group gap="sm">
          <ChangeSteps changes={changes} here={at} step={step} />
          <Controls form={form} setForm={setForm} isWhole={isWhole} setWhole={setWhole} />
        </Group>
      }
    >
      <LineHelp />
      <ScriptLines review={review} isBeside={form === 'beside' && !isNarrow} isWhole={isWhole} here={here} />
    </Panel>
  );
}

const LineHelp = () => (
  <Text size="xs" c="dimmed" mb="xs">
    The number of a line opens a comment on it.
  </Text>
);

function Content({ review }: { readonly review: ScriptReview }) {
  if (review.version === null) return null;
  if (review.text !== null && review.base !== null) return <Changed review={review} />;
  // Nothing was approved before: nothing of it is a change.
  const whole = { ...review, lines: review.lines.map((line) => ({ ...line, kind: 'same' as const })) };
  return (
    <Panel title="What it holds">
      {review.text === null ? (
        <Text size="sm" c="dimmed">
          It is no text, and cannot be shown here.
        </Text>
      ) : (
        <>
          <LineHelp />
          <ScriptLines review={whole} isBeside={false} isWhole here={null} />
        </>
      )}
    </Panel>
  );
}

interface ActsProps {
  readonly review: ScriptReview;
  readonly mayApprove: boolean;
  readonly ask: (decision: Decision) => void;
}

function Acts({ review: { standing, refusal }, mayApprove, ask }: ActsProps) {
  const person = useSession().data?.person;
  const isApproved = standing === 'approved';
  return (
    <>
      <Button disabled={!mayApprove} title={refusal ?? 'a'} onClick={() => ask('approved')}>
        {isApproved ? 'Approved' : 'Approve'}
      </Button>
      {person?.role === 'admin' || person?.approver === true ? (
        <>
          <Button variant="default" onClick={() => ask('changes_requested')}>
            Request changes
          </Button>
          <Button variant="default" onClick={() => ask('rejected')}>
            {isApproved ? 'Withdraw' : 'Reject'}
          </Button>
        </>
      ) : null}
    </>
  );
}

function Review({ review }: { readonly review: ScriptReview }) {
  const [asking, setAsking] = useState<Decision | null>(null);
  const { version, refusal, standing } = review;
  const isOpen = review.required && version !== null;
  const waits = isOpen && standing !== 'approved';
  const mayApprove = waits && refusal === null;
  const approve = useCallback(() => {
    if (mayApprove) setAsking('approved');
  }, [mayApprove]);
  useReviewKeys({ approve });
  return (
    <Page
      title={review.path}
      documentTitle={`Review: ${review.path}`}
      crumbs={
        <Link to="/scripts" className="jtp-link">
          Scripts
        </Link>
      }
      acts={
        <>
          {isOpen ? <Acts review={review} mayApprove={mayApprove} ask={setAsking} /> : null}
          {version === null ? null : (
            <Button
              variant="default"
              renderRoot={(root) => <Link to="/scripts/file" search={{ path: review.path }} {...root} />}
            >
              Open the file
            </Button>
          )}
        </>
      }
    >
      <Refused text={waits ? refusal : null} />
      <Panel title="State">
        <Facts review={review} />
      </Panel>
      <Hints hints={review.hints} />
      <Content review={review} />
      <Jobs jobs={review.jobs} />
      <Panel title="Said and decided">
        <Stack>
          <ScriptHistory review={review} />
          {version === null ? null : <CommentForm review={review} line={null} close={() => undefined} />}
        </Stack>
      </Panel>
      {asking === null ? null : <DecisionDialog review={review} decision={asking} close={() => setAsking(null)} />}
    </Page>
  );
}

function Refused({ text }: { readonly text: string | null }) {
  if (text === null) return null;
  return (
    <Alert variant="outline" title="You do not approve this one">
      {text}
    </Alert>
  );
}

/** One script to review: what it holds, what changed, what to look at, and the decision. */
export function ScriptPage() {
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ['scripts', 'review', id],
    queryFn: () => api.reviewScript({ params: { id } }),
    refetchInterval: 10_000,
  });
  return <Loaded query={query}>{(review) => <Review key={review.id} review={review} />}</Loaded>;
}
