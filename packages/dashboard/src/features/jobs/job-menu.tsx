import { ActionIcon, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { Job } from 'job-trigger-contract';
import { copyText } from '../../components/copy-text.tsx';
import { sayDone, sayFailed } from '../../components/say.ts';
import { useMay } from '../runs/use-may.ts';
import { commandOf, curlOf } from './calls.ts';
import { useJobActs } from './use-job-acts.tsx';
import { portalAddress } from '../../lib/base.ts';

function copy(text: string, what: string): void {
  copyText(text).then(() => sayDone(`Copied the call as ${what}.`), sayFailed);
}

/** What else can be done to a job; for whoever may not change it, why not. */
export function JobMenu({ job, gone }: { readonly job: Job; readonly gone?: () => void }) {
  const refusal = useMay('editor');
  const { askToRemove, detach, restore } = useJobActs(job);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={`More for ${job.name}`}>
          <IconDots size={18} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {refusal === null ? null : (
          <Menu.Label maw={260} className="jtp-break">
            {refusal}
          </Menu.Label>
        )}
        {job.deleted_at === null ? (
          <>
            {refusal === null ? (
              <>
                <Menu.Item renderRoot={(props) => <Link to="/jobs/$id/edit" params={{ id: job.id }} {...props} />}>
                  Edit
                </Menu.Item>
                <Menu.Item renderRoot={(props) => <Link to="/jobs/new" search={{ copy: job.id }} {...props} />}>
                  Duplicate
                </Menu.Item>
              </>
            ) : null}
            <Menu.Item onClick={() => copy(curlOf(job, portalAddress()), 'curl')}>Copy as curl</Menu.Item>
            <Menu.Item onClick={() => copy(commandOf(job), 'jtp')}>Copy as jtp</Menu.Item>
            {refusal === null ? (
              <>
                {job.provisioned === null || job.provisioned.detached ? null : (
                  <Menu.Item onClick={() => detach.mutate()}>Take over from its plugin</Menu.Item>
                )}
                <Menu.Divider />
                <Menu.Item color="red" onClick={() => askToRemove(gone)}>
                  Delete
                </Menu.Item>
              </>
            ) : null}
          </>
        ) : (
          <Menu.Item disabled={refusal !== null} onClick={() => restore.mutate()}>
            Restore
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
