import { Button, Text } from '@mantine/core';
import type { ScriptFile } from 'job-trigger-contract';
import { Rows, type RowColumn } from '../../components/rows.tsx';
import { When } from '../../components/when.tsx';
import { shortHash } from './script-words.ts';

type Version = ScriptFile['versions'][number];

interface ScriptVersionsProps {
  readonly file: ScriptFile;
  /** Brings it into the editor; null for whoever may not. */
  readonly bring: ((number: number) => void) | null;
}

/** Contents that are kept, and the way back to each. */
export function ScriptVersions({ file, bring }: ScriptVersionsProps) {
  const columns: readonly RowColumn<Version>[] = [
    {
      title: 'Version',
      cell: ({ number, sha256 }) => (
        <>
          {number}
          {sha256 === file.sha256 ? ', what it holds now' : ''}
          <Text size="xs" c="dimmed" ff="monospace">
            {shortHash(sha256)}
          </Text>
        </>
      ),
    },
    { title: 'Since', cell: ({ at }) => <When at={at} /> },
    {
      title: 'Written by',
      cell: ({ written_by }) => (written_by.length === 0 ? 'changed on disk' : written_by.join(', ')),
    },
    { title: 'Bytes', cell: ({ bytes }) => bytes.toLocaleString('en') },
    ...(bring === null
      ? []
      : [
          {
            title: 'Go back',
            cell: ({ number, sha256 }: Version) =>
              sha256 === file.sha256 ? null : (
                <Button
                  size="xs"
                  variant="default"
                  aria-label={`Edit from version ${number}`}
                  onClick={() => bring(number)}
                >
                  Edit from here
                </Button>
              ),
          },
        ]),
  ];
  if (file.versions.length === 0)
    return (
      <Text size="sm" c="dimmed">
        None yet: what it holds is kept once somebody changes it here, or reviews it.
      </Text>
    );
  return <Rows label="Kept versions" items={file.versions} keyOf={({ number }) => String(number)} columns={columns} />;
}
