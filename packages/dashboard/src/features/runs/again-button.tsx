import { Button, Menu } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import type { Run } from 'job-trigger-contract';
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
      onClick={() => again.mutate(undefined)}
      aria-label={`Run again: ${run.job_name}`}
    >
      Run again
    </Button>
  );
}

/** The same with the choice to change the parameters first. */
export function AgainMenu({ run }: { readonly run: Run }) {
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
          <Menu.Item onClick={() => again.mutate(undefined)}>With the same values</Menu.Item>
          <Menu.Item onClick={open}>With other values …</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {opened ? <AgainDialog run={run} onClose={close} /> : null}
    </>
  );
}
