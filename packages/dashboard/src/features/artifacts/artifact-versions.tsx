import { Anchor, Code, Modal, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Artifact } from 'job-trigger-contract';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { LoadMore } from '../../components/load-more.tsx';
import { Loading } from '../../components/loading.tsx';
import { Rows } from '../../components/rows.tsx';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { bytesText } from '../../lib/time.ts';
import { bytesAddress } from './artifact-address.ts';

interface ArtifactVersionsProps {
  readonly artifact: Artifact;
  readonly zone: string | undefined;
  readonly onClose: () => void;
}

/** The same name over the runs of the job, newest first. */
export function ArtifactVersions({ artifact, zone, onClose }: ArtifactVersionsProps) {
  const query = useInfiniteQuery({
    queryKey: ['artifact-versions', artifact.id],
    queryFn: ({ pageParam }) =>
      api.artifactVersions({
        params: { id: artifact.run_id, artifact_id: artifact.id },
        query: { limit: 25, ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Modal opened onClose={onClose} title={`Versions of ${artifact.name}`} size="xl">
      {query.isPending ? <Loading rows={3} /> : null}
      {query.isError ? <ErrorPanel error={query.error} retry={() => void query.refetch()} /> : null}
      <Stack>
        <Rows
          label="Versions"
          items={items}
          keyOf={({ id }) => id}
          columns={[
            {
              title: 'Kept',
              cell: (one) => (
                <>
                  <When at={one.created_at} zone={zone} precision="second" />
                  {one.id === artifact.id ? (
                    <Text size="xs" c="dimmed">
                      this one
                    </Text>
                  ) : null}
                </>
              ),
            },
            { title: 'Size', cell: ({ bytes }) => bytesText(bytes) },
            {
              title: 'Content',
              cell: ({ sha256 }) =>
                sha256 === artifact.sha256 ? 'the same as here' : <Code>{sha256?.slice(0, 12)}…</Code>,
            },
            {
              title: 'Run',
              cell: ({ run_id: id }) => (
                <Link
                  to="/runs/$id"
                  params={{ id }}
                  search={{ tab: 'artifacts' }}
                  className="jtp-link"
                  onClick={onClose}
                >
                  {id.slice(-8)}
                </Link>
              ),
            },
            {
              title: 'File',
              cell: (one) => (
                <Anchor href={bytesAddress(one)} download size="sm">
                  Download
                </Anchor>
              ),
            },
          ]}
        />
        <LoadMore query={query} />
      </Stack>
    </Modal>
  );
}
