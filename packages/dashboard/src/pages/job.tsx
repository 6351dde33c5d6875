import { Alert, Button, Group, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import type { Job } from 'job-trigger-contract';
import { DemoBadge } from '../components/demo-badge.tsx';
import { Loaded } from '../components/loaded.tsx';
import { Page } from '../components/page.tsx';
import { JobStatusBadge } from '../components/state-badge.tsx';
import { When } from '../components/when.tsx';
import { JobAlerts } from '../features/alerts/alert-notes.tsx';
import { ActiveSwitch } from '../features/jobs/active-switch.tsx';
import { HooksTab } from '../features/hooks/hooks-tab.tsx';
import { InterventionPanel } from '../features/jobs/intervention-panel.tsx';
import { JobMenu } from '../features/jobs/job-menu.tsx';
import { DependenciesTab } from '../features/jobs/dependencies-tab.tsx';
import { DefinitionTab, OverviewTab, RunsTab, VersionsTab } from '../features/jobs/job-tabs.tsx';
import { NextRun } from '../features/jobs/next-run.tsx';
import { PauseButton } from '../features/jobs/pause-button.tsx';
import { ResumeButton } from '../features/jobs/resume-button.tsx';
import { RunButton } from '../features/jobs/run-button.tsx';
import { SharingTab } from '../features/sharing/sharing-tab.tsx';
import { useJobAccess, useMayJob } from '../features/jobs/use-may-job.ts';
import { OccurrencesTab } from '../features/ledger/occurrences-tab.tsx';
import { resumeWords } from '../features/jobs/resume-words.ts';
import { ScriptsHeld } from '../features/scripts/script-standing.tsx';
import { textAt, useAddress } from '../features/runs/address.ts';
import { api } from '../lib/api.ts';

const tabs = [
  { value: 'overview', label: 'Overview', Content: OverviewTab },
  { value: 'runs', label: 'Runs', Content: RunsTab },
  { value: 'occurrences', label: 'Occurrences', Content: OccurrencesTab },
  { value: 'definition', label: 'Definition', Content: DefinitionTab },
  { value: 'dependencies', label: 'Dependencies', Content: DependenciesTab },
  { value: 'hooks', label: 'Incoming hooks', Content: HooksTab },
  { value: 'sharing', label: 'Sharing', Content: SharingTab },
  { value: 'versions', label: 'Versions', Content: VersionsTab },
] as const;

/** Who paused it, why, until when, and what follows then. */
function PausedNote({ of }: { readonly of: Job['paused'] }) {
  if (of === null) return null;
  return (
    <Alert variant="outline" title="Paused">
      Paused by {of.by ?? 'the system'} <When at={of.at} />
      {of.reason === null ? '' : `, “${of.reason}”`}
      {of.until === null ? null : (
        <>
          , until <When at={of.until} planned />
        </>
      )}
      {of.on_resume === 'none' ? '.' : `. ${resumeWords[of.on_resume]}`}
    </Alert>
  );
}

/** What stands under the name; the overview tells status and next itself. */
function Marks({ job, brief }: { readonly job: Job; readonly brief: boolean }) {
  const owner = useJobAccess(job.id).data?.owner ?? null;
  return (
    <>
      <Group gap="4px 16px">
        {brief ? null : (
          <>
            <JobStatusBadge status={job.status} />
            <Text size="sm" component="span">
              Next: <NextRun job={job} />
            </Text>
          </>
        )}
        <DemoBadge shown={job.demo} size="sm" />
        <Text size="sm" c="dimmed">
          {job.type} · version {job.version} · queue {job.queue}
          {owner === null ? '' : ` · owner ${owner.name}`}
        </Text>
      </Group>
      {job.description === null || job.description === '' ? null : <Text className="jtp-break">{job.description}</Text>}
      <ProvisionedNote of={job.provisioned} />
      <PausedNote of={job.paused} />
      {job.deleted_at === null ? null : (
        <Alert color="red" variant="outline" title="Deleted" className="jtp-alert">
          Deleted <When at={job.deleted_at} />. Restore it from its menu.
        </Alert>
      )}
    </>
  );
}

/** Who keeps it, and what a change by a person does. */
function ProvisionedNote({ of }: { readonly of: Job['provisioned'] }) {
  if (of === null) return null;
  return (
    <Text size="sm" c="dimmed" className="jtp-break">
      {of.detached
        ? `A plugin asked for it, for ${of.subject}; a person has taken it over.`
        : `Its plugin keeps it, for ${of.subject}. Whoever edits it takes it over: the plugin then changes it no more.`}
    </Text>
  );
}

function EditButton({ job }: { readonly job: Job }) {
  const refusal = useMayJob(job.id, 'edit');
  if (refusal !== null)
    return (
      <Button variant="default" disabled title={refusal}>
        Edit
      </Button>
    );
  return (
    <Button variant="default" renderRoot={(props) => <Link to="/jobs/$id/edit" params={{ id: job.id }} {...props} />}>
      Edit
    </Button>
  );
}

/** Files that it has executed. */
function scriptsOf({ type, config, hooks }: Job): readonly string[] {
  const own = type === 'script' && 'script' in config && typeof config.script === 'string' ? [config.script] : [];
  return [...own, ...[hooks?.before ?? null, hooks?.after ?? null].filter((path) => path !== null)];
}

function Content({ job }: { readonly job: Job }) {
  const navigate = useNavigate();
  const [address, change] = useAddress();
  const tab = tabs.find(({ value }) => value === textAt(address, 'tab')) ?? tabs[0];
  return (
    <Page
      title={job.name}
      crumbs={
        <Link to="/jobs" className="jtp-link">
          Jobs
        </Link>
      }
      acts={
        <>
          <ActiveSwitch job={job} />
          {job.deleted_at === null ? <RunButton job={job} /> : null}
          {job.deleted_at === null ? <PauseButton job={job} /> : null}
          {job.deleted_at === null ? <ResumeButton job={job} /> : null}
          {job.deleted_at === null ? <EditButton job={job} /> : null}
          <JobMenu job={job} gone={() => void navigate({ to: '/jobs' })} />
        </>
      }
    >
      <Marks job={job} brief={tab.value === 'overview'} />
      <InterventionPanel job={job} />
      <JobAlerts jobId={job.id} />
      {job.deleted_at === null ? <ScriptsHeld paths={scriptsOf(job)} /> : null}
      <Tabs
        value={tab.value}
        onChange={(value) => change({ tab: value === 'overview' ? undefined : value })}
        keepMounted={false}
      >
        <Tabs.List>
          {tabs.map(({ value, label }) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(({ value, Content: Tab }) => (
          <Tabs.Panel key={value} value={value} pt="md">
            <Tab job={job} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}

export function JobPage() {
  const { id = '' }: { id?: string } = useParams({ strict: false });
  const query = useQuery({ queryKey: ['job', id], queryFn: () => api.getJob({ params: { id } }) });
  return (
    <Loaded query={query} rows={8}>
      {(job) => <Content key={job.id} job={job} />}
    </Loaded>
  );
}
