import { Alert, Button } from '@mantine/core';
import { IconAlertTriangle, IconShieldCheck } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { AuditVerdict } from 'job-trigger-contract';
import { sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';

/** Has the chain of rows followed; its verdict stays until the page is left. */
export function useVerify() {
  return useMutation({ mutationFn: () => api.verifyAudit({ body: {} }), onError: sayFailed });
}

export function VerifyButton({ verify }: { readonly verify: ReturnType<typeof useVerify> }) {
  return (
    <Button
      variant="default"
      leftSection={<IconShieldCheck size={16} aria-hidden="true" />}
      loading={verify.isPending}
      onClick={() => verify.mutate()}
    >
      Verify
    </Button>
  );
}

/** What came of it: every row stands, or which is the first that does not. */
export function Verdict({ verdict }: { readonly verdict: AuditVerdict | undefined }) {
  if (verdict === undefined) return null;
  const { ok, text, fault, foreign_heads: foreign } = verdict;
  return (
    <Alert
      color={ok ? 'green' : 'red'}
      title={ok ? 'The audit is whole.' : `The audit is spoiled at row ${fault?.sequence ?? '?'}.`}
      icon={ok ? <IconShieldCheck aria-hidden="true" /> : <IconAlertTriangle aria-hidden="true" />}
    >
      {text}
      {ok ? '' : ' Rows before it stand as they were written. Keep a copy of the database before anything else.'}
      {foreign === 0
        ? ''
        : ` ${foreign} exported heads in the data folder were signed with another key and were left out.`}
    </Alert>
  );
}
