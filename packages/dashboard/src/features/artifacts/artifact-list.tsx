import { Alert, Anchor, Button, Code, Group, List, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Artifact, RunDetail } from 'job-trigger-contract';
import { useState } from 'react';
import { CopyButton } from '../../components/copy-text.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { Rows } from '../../components/rows.tsx';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { isLive } from '../../lib/states.ts';
import { bytesText } from '../../lib/time.ts';
import { archiveAddress, bytesAddress } from './artifact-address.ts';
import { ArtifactPreview, canPreview } from './artifact-preview.tsx';
import { ArtifactVersions } from './artifact-versions.tsx';
import './artifacts.css';

interface ArtifactListProps {
  readonly run: RunDetail;
  readonly zone: string | undefined;
}

type Shown = { readonly what: 'preview' | 'versions'; readonly artifact: Artifact } | null;

function Hash({ sha256 }: { readonly sha256: string }) {
  return (
    <span className="jtp-artifact-hash">
      <Code title={sha256}>{sha256.slice(0, 12)}…</Code>
      <CopyButton text={sha256} label="Copy" />
    </span>
  );
}

/** What was left out, and why: the run itself is no failure for it. */
function LeftOut({ items }: { readonly items: readonly Artifact[] }) {
  if (items.length === 0) return null;
  return (
    <Alert color="gray" title={items.length === 1 ? 'One file was not kept' : `${items.length} files were not kept`}>
      <List size="sm">
        {items.map(({ id, name, problem }) => (
          <List.Item key={id} className="jtp-artifact-name">
            <b>{name}</b>: {problem}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** Files that a run left: with their hash, to look at, to save, and as versions over the runs of the job. */
export function ArtifactList({ run, zone }: ArtifactListProps) {
  const [shown, show] = useState<Shown>(null);
  const query = useQuery({
    queryKey: ['run', run.id, 'artifacts', run.artifact_count, run.state],
    queryFn: () => api.listArtifacts({ params: { id: run.id } }),
  });
  const columnsOf = (several: boolean) => [
    {
      title: 'Name',
      cell: (one: Artifact) => (
        <span className="jtp-artifact-name">
          {one.name}
          {several ? (
            <Text size="xs" c="dimmed">
              attempt {one.attempt}
            </Text>
          ) : null}
        </span>
      ),
    },
    { title: 'Size', cell: ({ bytes }: Artifact) => bytesText(bytes) },
    { title: 'Type', cell: ({ type }: Artifact) => type },
    { title: 'SHA-256', cell: ({ sha256 }: Artifact) => (sha256 === null ? '—' : <Hash sha256={sha256} />) },
    {
      title: 'Kept until',
      cell: ({ expires_at: at }: Artifact) => (at === null ? 'its run goes' : <When at={at} zone={zone} planned />),
    },
    {
      title: 'Acts',
      cell: (artifact: Artifact) => (
        <Group gap="sm" wrap="nowrap">
          <Anchor href={bytesAddress(artifact)} download size="sm">
            Download
          </Anchor>
          {canPreview(artifact) ? (
            <Anchor component="button" type="button" size="sm" onClick={() => show({ what: 'preview', artifact })}>
              Preview
            </Anchor>
          ) : null}
          <Anchor component="button" type="button" size="sm" onClick={() => show({ what: 'versions', artifact })}>
            Versions
          </Anchor>
        </Group>
      ),
    },
  ];
  return (
    <Loaded query={query}>
      {({ items, bytes }) => {
        const kept = items.filter((one) => one.kept);
        const several = new Set(kept.map(({ attempt }) => attempt)).size > 1;
        return (
          <Stack>
            {items.length === 0 ? (
              <EmptyState
                title="No artifacts"
                text={
                  isLive(run.state)
                    ? 'What lies in the folder JTP_ARTIFACTS_DIR when an attempt ends is kept, and stands here then.'
                    : 'A job keeps files by writing them to the folder that JTP_ARTIFACTS_DIR names.'
                }
              />
            ) : null}
            {kept.length === 0 ? null : (
              <>
                <Group justify="space-between">
                  <Text size="sm" c="dimmed" className="jtp-figures">
                    {kept.length === 1 ? '1 file' : `${kept.length} files`}, {bytesText(bytes)}
                  </Text>
                  {kept.length < 2 ? null : (
                    <Button component="a" href={archiveAddress(run.id)} download variant="default" size="xs">
                      Download all as zip
                    </Button>
                  )}
                </Group>
                <Rows label="Artifacts" items={kept} columns={columnsOf(several)} keyOf={({ id }) => id} />
              </>
            )}
            <LeftOut items={items.filter((one) => !one.kept)} />
            {shown?.what === 'preview' ? (
              <ArtifactPreview artifact={shown.artifact} onClose={() => show(null)} />
            ) : null}
            {shown?.what === 'versions' ? (
              <ArtifactVersions artifact={shown.artifact} zone={zone} onClose={() => show(null)} />
            ) : null}
          </Stack>
        );
      }}
    </Loaded>
  );
}
