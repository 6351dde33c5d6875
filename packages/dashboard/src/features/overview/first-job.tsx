import { Card, SimpleGrid, Text, UnstyledButton } from '@mantine/core';
import { IconDatabaseExport, IconFileCode, IconPlayerPlay, IconWorldWww, type Icon } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '../../lib/api.ts';
import { useMay } from '../runs/use-may.ts';
import { helloScript, useSampleRun } from './watch-sample.ts';

const backupScript = 'backup-database.mjs';

const ways = [
  {
    title: 'Back up this portal',
    text: 'A sample: a consistent copy of the portal’s own database, with its checksum.',
    search: { script: backupScript, name: 'Back up this portal', schedule: 'daily' },
    icon: IconDatabaseExport,
  },
  {
    title: 'Run a script',
    text: 'A file of the scripts folder, on time.',
    search: { type: 'script' },
    icon: IconFileCode,
  },
  {
    title: 'Call a URL',
    text: 'An HTTP request whose answer is checked.',
    search: { type: 'http' },
    icon: IconWorldWww,
  },
] as const;

function Way({
  icon: Shape,
  text,
  children,
}: {
  readonly icon: Icon;
  readonly text: string;
  readonly children: ReactNode;
}) {
  return (
    <Card withBorder className="jtp-way">
      <Shape size={26} aria-hidden="true" />
      {children}
      <Text size="sm" c="dimmed">
        {text}
      </Text>
    </Card>
  );
}

/** Where nothing is yet: ways to the first green run, samples only where they are. */
export function FirstJob() {
  const refusal = useMay('editor');
  if (refusal !== null)
    return <Text c="dimmed">No job is shared with you yet. Whoever owns one can share it with you.</Text>;
  return <Ways />;
}

function Ways() {
  const scripts = useQuery({ queryKey: ['scripts'], queryFn: () => api.listScripts() });
  const sample = useSampleRun();
  const has = (path: string): boolean => scripts.data?.items.some((script) => script.path === path) === true;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }}>
      {has(helloScript) ? (
        <Way icon={IconPlayerPlay} text="A sample that takes six seconds: coloured log, a bar, a result.">
          <UnstyledButton
            className="jtp-link jtp-way-title"
            disabled={sample.isPending}
            onClick={() => sample.mutate()}
          >
            {sample.isPending ? 'Starting …' : 'Watch a first run'}
          </UnstyledButton>
        </Way>
      ) : null}
      {ways
        .filter(({ search }) => !('script' in search) || has(search.script))
        .map(({ title, text, search, icon }) => (
          <Way key={title} icon={icon} text={text}>
            <Link to="/jobs/new" search={search} className="jtp-link jtp-way-title">
              {title}
            </Link>
          </Way>
        ))}
    </SimpleGrid>
  );
}
