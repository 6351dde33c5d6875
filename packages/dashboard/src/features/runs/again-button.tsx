import { Button, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import type { Run, RunDetail } from 'job-trigger-contract';
import { isLive } from '../../lib/states.ts';
import { AgainDialog } from './again-dialog.tsx';
import { useMay } from './use-may.ts';
import { useRunActs } from './use-run-acts.ts';

/** Run the same once more, as a new run. */
export function AgainButton({ run }: { readonly run: Run }) {
  const { again } = useRunActs(run);
  const refused = useMay('operator');
  // What was never saved is tried again where it is written.
  if (isLive(run.state) || run.draft) return null;
  return (
    <Button
      size="xs"
      variant="default"
      loading={again.isPending}
      disabled={refused !== null}
      title={refused ?? undefined}
      onClick={() => again.mutate({})}
      aria-label={`Run again: ${run.job_name}`}
    >
      Run again
    </Button>
  );
}

/** What follows a run that did not succeed goes on in its chain unasked. */
const goesOn = (run: RunDetail): boolean => run.chain !== null && run.state !== 'succeeded';

/**
 * The same with the choice to change the parameters first, or to let follow what waits for it.
 *
 * @param followers names of the jobs that wait for it
 */
export function AgainMenu({ run, followers }: { readonly run: RunDetail; readonly followers: readonly string[] }) {
  const { again } = useRunActs(run);
  const refused = useMay('operator');
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            size="sm"
            loading={again.isPending}
            disabled={refused !== null}
            title={refused ?? undefined}
            rightSection={<IconChevronDown size={14} aria-hidden="true" />}
          >
            Run again
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => again.mutate({})}>With the same values</Menu.Item>
          {followers.length === 0 || goesOn(run) ? null : (
            <Menu.Item onClick={() => again.mutate({ with_downstream: true })}>With what follows</Menu.Item>
          )}
          <Menu.Item onClick={open}>With other values …</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {opened ? <AgainDialog run={run} onClose={close} /> : null}
    </>
  );
}
