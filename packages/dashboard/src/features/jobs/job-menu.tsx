import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Job } from 'job-trigger-contract';
import { useJobActs } from './use-job-acts.tsx';

/** What else can be done to a job. */
export function JobMenu({ job, gone }: { readonly job: Job; readonly gone?: () => void }) {
  const { askToRemove, restore } = useJobActs(job);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={`More for ${job.name}`}>
          <IconDots size={18} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {job.deleted_at === null ? (
          <>
            <Menu.Item renderRoot={(props) => <Link to="/jobs/$id/edit" params={{ id: job.id }} {...props} />}>
              Edit
            </Menu.Item>
            <Menu.Item renderRoot={(props) => <Link to="/jobs/new" search={{ copy: job.id }} {...props} />}>
              Duplicate
            </Menu.Item>
            <Menu.Divider />
            <Menu.Item color="red" onClick={() => askToRemove(gone)}>
              Delete
            </Menu.Item>
          </>
        ) : (
          <Menu.Item onClick={() => restore.mutate()}>Restore</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
