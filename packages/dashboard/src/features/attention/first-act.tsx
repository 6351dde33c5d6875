import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AttentionShape } from 'job-trigger-contract';
import { serverNow } from '../../lib/clock.ts';
import { canRetry, subjectWords } from './attention-words.ts';
import type { AttentionActs, RetryWish } from './use-attention.ts';

interface FirstActProps {
  readonly item: AttentionShape;
  readonly acts: AttentionActs;
  /** Why this person may not act; null when they may. */
  readonly refusal: string | null;
}

/** Leads to a path of this portal. */
function Leading({
  to,
  hash,
  words,
  title,
}: {
  readonly to: string;
  readonly hash?: string;
  readonly words: string;
  readonly title: string;
}) {
  const [path = '/', search] = to.split('?');
  return (
    <Button
      size="xs"
      aria-label={`${words}: ${title}`}
      renderRoot={(props) => (
        <Link
          to={path}
          search={Object.fromEntries(new URLSearchParams(search))}
          {...(hash === undefined ? {} : { hash })}
          {...props}
        />
      )}
    >
      {words}
    </Button>
  );
}

/** Of a class whose cause stands in the job: which part of the editor to open. */
const editWords: Readonly<Partial<Record<NonNullable<AttentionShape['class']>, string>>> = {
  auth_error: 'Renew access',
  config_error: 'Mend the field',
  timeout: 'Change the limit',
};

/** What the button runs again; null where it leads somewhere instead. */
function wishOf(item: AttentionShape): { readonly words: string; readonly wish: RetryWish } | null {
  const { act } = item.recommended_action;
  if (act === 'retry' && canRetry(item)) return { words: 'Retry now', wish: { which: 'newest' } };
  if (item.run_id === null) return null;
  if (act === 'retry_all')
    return { words: item.times === 1 ? 'Retry the run' : `Retry all ${item.times} runs`, wish: { which: 'all' } };
  if (act !== 'retry_later') return null;
  const at = new Date(serverNow() + 3_600_000).toISOString();
  return { words: 'Retry in 1 hour', wish: { which: 'newest', at } };
}

/** The act that the class of the failure calls for. */
export function FirstAct({ item, acts: { retry }, refusal }: FirstActProps) {
  const { recommended_action: advice, title, run_id: run, job_id: job } = item;
  const again = wishOf(item);
  if (again !== null)
    return (
      <Button
        size="xs"
        data-act={advice.act === 'retry_later' ? undefined : 'retry'}
        aria-label={`${again.words}: ${title}`}
        disabled={refusal !== null}
        title={refusal ?? undefined}
        loading={retry.isPending}
        onClick={() => retry.mutate(again.wish)}
      >
        {again.words}
      </Button>
    );
  if (advice.act === 'edit_job' && job !== null) {
    const words = editWords[item.class ?? 'unknown'] ?? 'Edit job';
    return <Leading to={`/jobs/${job}/edit`} hash="section-run" words={words} title={title} />;
  }
  if (advice.act === 'open_log' && run !== null) return <Leading to={`/runs/${run}`} words="Open log" title={title} />;
  return <Leading to={item.link} words={subjectWords(item)} title={title} />;
}
