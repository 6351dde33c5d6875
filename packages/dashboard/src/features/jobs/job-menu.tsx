import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Job } from 'job-trigger-contract';
import { copyText } from '../../components/copy-text.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { commandOf, curlOf } from './calls.ts';
import { useJobActs } from './use-job-acts.tsx';
import { portalAddress } from '../../lib/base.ts';

function copy(text: string, what: string): void {
  copyText(text).then(() => sayDone(`Copied the call as ${what}.`), sayFailed);
}

/** What else can be done to a job. */
export function JobMenu({ job, gone }: { readonly job: Job; readonly gone?: () => void }) {
  const { askToRemove, detach, restore } = useJobActs(job);
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
            <Menu.Item onClick={() => copy(curlOf(job, portalAddress()), 'curl')}>Copy as curl</Menu.Item>
            <Menu.Item onClick={() => copy(commandOf(job), 'jtp')}>Copy as jtp</Menu.Item>
            {job.provisioned === null || job.provisioned.detached ? null : (
              <Menu.Item onClick={() => detach.mutate()}>Take over from its plugin</Menu.Item>
            )}
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
