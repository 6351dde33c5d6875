import { Code, Image, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Artifact } from 'job-trigger-contract';
import { useEffect, useMemo } from 'react';
import { Loaded } from '../../components/loaded.tsx';
import { bytesText } from '../../lib/time.ts';
import { bytesAddress } from './artifact-address.ts';

const mostText = 64 * 1024;
const mostImage = 8 * 1024 * 1024;

/** Whether there is something to look at without saving it. */
export function canPreview({ preview, bytes }: Artifact): boolean {
  return preview === 'text' || (preview === 'image' && bytes <= mostImage);
}

async function bytesOf(artifact: Artifact): Promise<Blob> {
  const headers: Record<string, string> =
    artifact.preview === 'text' && artifact.bytes > mostText ? { range: `bytes=0-${mostText - 1}` } : {};
  const answer = await fetch(bytesAddress(artifact), { headers, credentials: 'same-origin' });
  if (!answer.ok) throw new Error(`The file could not be read (status ${answer.status}).`);
  return answer.blob();
}

function Picture({ artifact, blob }: { readonly artifact: Artifact; readonly blob: Blob }) {
  // The type that was told, not one that the bytes may claim.
  const address = useMemo(() => URL.createObjectURL(new Blob([blob], { type: artifact.type })), [artifact.type, blob]);
  useEffect(() => () => URL.revokeObjectURL(address), [address]);
  return <Image src={address} alt={artifact.name} fit="contain" w="auto" maw="100%" mah="70vh" />;
}

function Words({ artifact, blob }: { readonly artifact: Artifact; readonly blob: Blob }) {
  const query = useQuery({ queryKey: ['artifact-text', artifact.id], queryFn: () => blob.text(), staleTime: Infinity });
  return (
    <Stack gap="xs">
      <Code block mah="65vh" tabIndex={0} aria-label={`Text of ${artifact.name}`}>
        {query.data ?? ''}
      </Code>
      {artifact.bytes <= mostText ? null : (
        <Text size="sm" c="dimmed">
          The first {bytesText(mostText)} of {bytesText(artifact.bytes)}.
        </Text>
      )}
    </Stack>
  );
}

/** A file as it may be shown: an image, or its text as text. */
export function ArtifactPreview({ artifact, onClose }: { readonly artifact: Artifact; readonly onClose: () => void }) {
  const query = useQuery({
    queryKey: ['artifact', artifact.id],
    queryFn: () => bytesOf(artifact),
    staleTime: Infinity,
  });
  return (
    <Modal opened onClose={onClose} title={artifact.name} size="xl">
      <Loaded query={query}>
        {(blob) =>
          artifact.preview === 'image' ? (
            <Picture artifact={artifact} blob={blob} />
          ) : (
            <Words artifact={artifact} blob={blob} />
          )
        }
      </Loaded>
    </Modal>
  );
}
