import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMay } from '../runs/use-may.ts';

/** Leads to the editor; says why not to whoever may make no jobs. */
export function NewJobButton() {
  const refusal = useMay('editor');
  if (refusal !== null)
    return (
      <Button disabled title={refusal}>
        New job
      </Button>
    );
  return (
    <Button component={Link} to="/jobs/new">
      New job
    </Button>
  );
}
