import { Switch } from '@mantine/core';
import type { Job } from 'job-trigger-contract';
import { useMay } from '../runs/use-may.ts';
import { useJobActs } from './use-job-acts.tsx';

/** Pauses and resumes; both can be undone. */
export function ActiveSwitch({ job }: { readonly job: Job }) {
  const { pause, resume } = useJobActs(job);
  const refusal = useMay('editor');
  return (
    <Switch
      checked={job.active}
      disabled={refusal !== null || pause.isPending || resume.isPending || job.deleted_at !== null}
      title={refusal ?? undefined}
      aria-label={`${job.name} is active`}
      onChange={() => (job.active ? pause.mutate({}) : resume.mutate({}))}
    />
  );
}
