import { Group, Stack, Title } from '@mantine/core';
import { useEffect, useRef, type ReactNode } from 'react';
import { useAttention } from '../lib/store.ts';

interface PageProps {
  readonly title: string;
  /** What stands in the tab; the title when absent. */
  readonly documentTitle?: string | undefined;
  readonly crumbs?: ReactNode;
  readonly acts?: ReactNode;
  readonly children: ReactNode;
}

/** The browser itself places the focus when it opens the first page. */
let isFirst = true;

/** A page: its one heading takes the focus when people come from another, so that a screen reader starts there. */
export function Page({ title, documentTitle, crumbs, acts, children }: PageProps) {
  const attention = useAttention();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, []);
  useEffect(() => {
    const count = attention === 0 ? '' : `(${attention}) `;
    document.title = `${count}${documentTitle ?? title} · Job Trigger Portal`;
  }, [attention, documentTitle, title]);
  return (
    <Stack gap="md">
      {crumbs === undefined ? null : (
        <nav aria-label="Breadcrumb" className="jtp-crumbs">
          {crumbs}
        </nav>
      )}
      <Group justify="space-between" align="flex-start">
        <Title order={1} size="h2" ref={heading} tabIndex={-1} className="jtp-title">
          {title}
        </Title>
        <Group gap="xs">{acts}</Group>
      </Group>
      {children}
    </Stack>
  );
}
