import { Code, Text } from '@mantine/core';
import type { KeyMade } from 'job-trigger-contract';
import { CopyButton } from '../../components/copy-text.tsx';
import { ShownOnce } from '../../components/shown-once.tsx';
import { When } from '../../components/when.tsx';
import { portalAddress } from '../../lib/base.ts';

/** A key with a call that is ready to be tried, while it can be seen. */
export function KeyOnce({ made }: { readonly made: KeyMade }) {
  const sample = `curl -H 'Authorization: Bearer ${made.secret}' \\\n  ${portalAddress()}/api/auth/me`;
  return (
    <ShownOnce what="key" value={made.secret}>
      <Code block className="jtp-wrapped" tabIndex={0} aria-label="Sample call">
        {sample}
      </Code>
      <div>
        <CopyButton text={sample} label="Copy the call" />
      </div>
      <Text size="sm">
        Good until <When at={made.expires_at} planned />.
        {made.former_until === null ? null : (
          <>
            {' '}
            The key before it is taken too until <When at={made.former_until} planned />.
          </>
        )}
      </Text>
    </ShownOnce>
  );
}
