import {
  ActionIcon,
  Burger,
  Button,
  Group,
  Menu,
  SegmentedControl,
  Text,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { IconHelp, IconMoon, IconSearch, IconSun, IconUser } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import type { Person } from 'job-trigger-contract';
import { ConnectionPill } from '../components/connection-pill.tsx';
import { sayFailed } from '../components/say.ts';
import { Bell } from '../features/alerts/bell.tsx';
import { FleetPill } from '../features/fleet/fleet-pill.tsx';
import { forgetSession, useSession } from '../features/people/use-session.ts';
import { api } from '../lib/api.ts';
import { setZoneMode, useZoneMode } from '../lib/store.ts';
import type { ZoneMode } from '../lib/time.ts';
import { base } from '../lib/base.ts';

const zoneChoices: { readonly label: string; readonly value: ZoneMode }[] = [
  { label: 'Auto', value: 'auto' },
  { label: 'Mine', value: 'mine' },
  { label: 'Job', value: 'job' },
  { label: 'UTC', value: 'utc' },
];

function ThemeSwitch() {
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const next = scheme === 'dark' ? 'light' : 'dark';
  return (
    <ActionIcon variant="default" size="lg" aria-label={`Use the ${next} theme`} onClick={() => setColorScheme(next)}>
      {scheme === 'dark' ? <IconSun size={18} aria-hidden="true" /> : <IconMoon size={18} aria-hidden="true" />}
    </ActionIcon>
  );
}

function PersonMenu({ person, showHelp }: { readonly person: Person; readonly showHelp: () => void }) {
  const navigate = useNavigate();
  const mode = useZoneMode();
  const signsIn = useSession().data?.settings.authentication === 'portal';
  async function signOut(): Promise<void> {
    try {
      await api.logout({});
      await forgetSession();
      await navigate({ to: '/sign-in' });
    } catch (error) {
      sayFailed(error);
    }
  }
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={`Menu of ${person.name}`}>
          <IconUser size={18} aria-hidden="true" />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {person.name} · {person.role}
        </Menu.Label>
        {zoneChoices.map(({ label, value }) => (
          <Menu.Item key={value} onClick={() => setZoneMode(value)} disabled={mode === value}>
            Times: {label}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item component={Link} to="/profile">
          Profile
        </Menu.Item>
        <Menu.Item component="a" href={`${base}/api/docs/`}>
          REST API
        </Menu.Item>
        <Menu.Item onClick={showHelp} leftSection={<IconHelp size={16} aria-hidden="true" />}>
          Keys
        </Menu.Item>
        {signsIn ? <Menu.Item onClick={() => void signOut()}>Sign out</Menu.Item> : null}
      </Menu.Dropdown>
    </Menu>
  );
}

interface HeaderProps {
  readonly person: Person;
  readonly opened: boolean;
  readonly toggle: () => void;
  readonly showHelp: () => void;
  readonly showPalette: () => void;
}

export function Header({ person, opened, toggle, showHelp, showPalette }: HeaderProps) {
  const mode = useZoneMode();
  return (
    <Group h="100%" px="md" justify="space-between" wrap="nowrap" gap="xs">
      <Group gap="sm" wrap="nowrap">
        <Burger opened={opened} onClick={toggle} hiddenFrom="sm" size="sm" aria-label="Navigation" />
        <Link to="/" className="jtp-home">
          <Text fw={700} component="span" className="jtp-wide">
            Job Trigger Portal
          </Text>
          <Text fw={700} component="span" hiddenFrom="xs">
            JTP
          </Text>
        </Link>
      </Group>
      <Group gap="xs" wrap="nowrap">
        <Button
          variant="default"
          size="xs"
          className="jtp-wide"
          leftSection={<IconSearch size={14} aria-hidden="true" />}
          onClick={showPalette}
        >
          Go to <kbd className="jtp-key">Ctrl K</kbd>
        </Button>
        <FleetPill />
        <ConnectionPill />
        <SegmentedControl
          className="jtp-wide"
          size="xs"
          aria-label="Zone of times"
          data={zoneChoices}
          value={mode}
          onChange={(value) => setZoneMode(value)}
        />
        <Bell />
        <ThemeSwitch />
        <PersonMenu person={person} showHelp={showHelp} />
      </Group>
    </Group>
  );
}
