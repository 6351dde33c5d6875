import { Alert, List } from '@mantine/core';
import { ProblemError } from 'job-trigger-contract';
import { useEffect, useRef } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { fieldOf, wordsOfPath, type Errors } from '../../lib/field-errors.ts';

function goTo(path: string): void {
  const field = fieldOf(path);
  field?.scrollIntoView({ block: 'center' });
  field?.focus({ preventScroll: true });
}

/** The one that stands first on the page, whatever the server named first. */
function firstOf(paths: readonly string[]): string | undefined {
  const places = paths.flatMap((path) => {
    const field = fieldOf(path);
    return field === null ? [] : [{ path, field }];
  });
  return places.toSorted((a, b) =>
    a.field.compareDocumentPosition(b.field) & Node.DOCUMENT_POSITION_PRECEDING ? 1 : -1,
  )[0]?.path;
}

/** Why nothing was saved: what is wrong, each a way to its field; the first of them takes the focus. */
export function ErrorSummary({ error, errors }: { readonly error: unknown; readonly errors: Errors }) {
  const box = useRef<HTMLDivElement>(null);
  const paths = Object.keys(errors);
  const told = useRef<unknown>(null);
  useEffect(() => {
    // Only a new answer moves the focus, not what is typed after it.
    if (error === null || told.current === error) return;
    told.current = error;
    const first = firstOf(Object.keys(errors));
    if (first === undefined) box.current?.focus();
    else goTo(first);
  }, [error, errors]);
  if (error === null) return null;
  if (error instanceof ProblemError && error.status === 409)
    return (
      <Alert ref={box} tabIndex={-1} color="red" variant="outline" role="alert" title="Not saved" className="jtp-alert">
        {error.message}
      </Alert>
    );
  if (paths.length === 0)
    return (
      <div ref={box} tabIndex={-1}>
        <ErrorPanel error={error} />
      </div>
    );
  return (
    <Alert
      ref={box}
      tabIndex={-1}
      color="red"
      variant="outline"
      role="alert"
      title="Not saved; nothing was changed"
      className="jtp-alert"
    >
      <List size="sm">
        {paths.map((path) => (
          <List.Item key={path}>
            <a
              href={`#field-${path}`}
              className="jtp-link"
              onClick={(event) => {
                event.preventDefault();
                goTo(path);
              }}
            >
              {wordsOfPath(path)}
            </a>
            : {errors[path]}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
