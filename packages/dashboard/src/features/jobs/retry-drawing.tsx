import { Text } from '@mantine/core';
import { Fragment } from 'react';
import { mostDrawn, retryPlan, retryWords, spanWords } from './retry-plan.ts';

/** Attempts and the waits between them on one line, and the same in words. */
export function RetryDrawing({ retry }: { readonly retry: Readonly<Record<string, unknown>> }) {
  const { attempts, delays } = retryPlan(retry);
  const drawn = Math.min(attempts, mostDrawn);
  return (
    <div>
      <div className="jtp-retry" aria-hidden="true">
        {Array.from({ length: drawn }, (_, at) => (
          <Fragment key={at}>
            {at === 0 ? null : <span className="jtp-retry-wait">{spanWords(delays[at - 1] ?? 0)}</span>}
            <span className="jtp-retry-attempt">{at + 1}</span>
          </Fragment>
        ))}
        {attempts > drawn ? <span className="jtp-retry-wait">… {attempts}</span> : null}
        <span className="jtp-retry-end">gives up</span>
      </div>
      <Text size="sm" aria-live="polite">
        {retryWords(retry)}
      </Text>
    </div>
  );
}
