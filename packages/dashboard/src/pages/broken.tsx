import { Button, Code, Text } from '@mantine/core';
import { EmptyState } from '../components/empty-state.tsx';
import { Page } from '../components/page.tsx';

/**
 * In place of a page that could not be shown. Mostly its code could not be fetched: the portal is away, or was upgraded
 * since the tab was opened. Loading anew mends both.
 */
export function BrokenPage({ error }: { readonly error: unknown }) {
  return (
    <Page title="This page cannot be shown">
      <EmptyState
        title="Its code did not arrive, or it failed."
        text="The portal may be away, or may have been upgraded since this tab was opened."
      >
        <Button onClick={() => window.location.reload()}>Load it again</Button>
        <Text size="xs" c="dimmed">
          <Code>{error instanceof Error ? error.message : String(error)}</Code>
        </Text>
      </EmptyState>
    </Page>
  );
}
