import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { AttentionShape } from 'job-trigger-contract';
import { serverNow } from '../../lib/clock.ts';
import { canRetry, subjectWords } from './attention-words.ts';
import type { AttentionActs } from './use-attention.ts';

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

/** The act that the class of the failure calls for. */
export function FirstAct({ item, acts, refusal }: FirstActProps) {
  const { recommended_action: advice, title, run_id: run, job_id: job, times } = item;
  const { retry } = acts;
  const again = (words: string, wish: Parameters<typeof retry.mutate>[0]) => (
    <Button
      size="xs"
      data-act="retry"
      aria-label={`${words}: ${title}`}
      disabled={refusal !== null}
      title={refusal ?? 'Key r'}
      loading={retry.isPending}
      onClick={() => retry.mutate(wish)}
    >
      {words}
    </Button>
  );
  if (advice.act === 'retry_all' && run !== null)
    return again(times === 1 ? 'Retry the run' : `Retry all ${times} runs`, { which: 'all' });
  if (advice.act === 'retry_later' && run !== null)
    return again('Retry in 1 hour', {
      which: 'newest',
      at: new Date(serverNow() + 3_600_000).toISOString(),
    });
  if (advice.act === 'retry' && canRetry(item)) return again('Retry now', { which: 'newest' });
  if (advice.act === 'edit_job' && job !== null)
    return (
      <Leading
        to={`/jobs/${job}/edit`}
        hash="section-run"
        words={editWords[item.class ?? 'unknown'] ?? 'Edit job'}
        title={title}
      />
    );
  if (advice.act === 'open_log' && run !== null) return <Leading to={`/runs/${run}`} words="Open log" title={title} />;
  return <Leading to={item.link} words={subjectWords(item)} title={title} />;
}
