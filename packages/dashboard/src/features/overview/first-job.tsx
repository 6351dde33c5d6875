import { Card, SimpleGrid, Text } from '@mantine/core';
import { IconFileCode, IconPlayerPlay, IconWorldWww } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';

const ways = [
  {
    title: 'Try the backup sample',
    text: 'A consistent copy of the portal’s own database, with its checksum.',
    search: { script: 'backup-database.mjs' },
    icon: IconPlayerPlay,
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

/** Where nothing is yet: three ways to the first green run. */
export function FirstJob() {
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      {ways.map(({ title, text, search, icon: Shape }) => (
        <Card key={title} withBorder>
          <Shape size={26} aria-hidden="true" />
          <Link to="/jobs/new" search={search} className="jtp-link">
            <Text fw={650} mt="xs" component="span">
              {title}
            </Text>
          </Link>
          <Text size="sm" c="dimmed">
            {text}
          </Text>
        </Card>
      ))}
    </SimpleGrid>
  );
}
