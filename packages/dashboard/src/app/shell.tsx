import { AppShell, NavLink, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Link, Outlet, useLocation } from '@tanstack/react-router';
import type { Person } from 'job-trigger-contract';
import { lazy, Suspense, useEffect, useState } from 'react';
import { ErrorPanel } from '../components/error-panel.tsx';
import { LeadOn } from '../components/lead-on.tsx';
import { Loading } from '../components/loading.tsx';
import { MaintenanceBanner } from '../features/maintenance/maintenance-banner.tsx';
import { AttentionCount, useAttentionTitle } from '../features/attention/attention-count.tsx';
import { UnguardedBanner } from '../features/people/unguarded-banner.tsx';
import { ViewBanner } from '../features/people/view-banner.tsx';
import { useSession } from '../features/people/use-session.ts';
import { useProofAsked } from '../lib/proof.ts';
import { openStream } from '../lib/stream.ts';
import { Header } from './header.tsx';
import { bottomPlaces, navigation } from './navigation.ts';
import { useKeys } from './use-keys.ts';

const ProofDialog = lazy(() =>
  import('../features/people/proof-dialog.tsx').then((module) => ({ default: module.ProofDialog })),
);
const SecondFactorFirst = lazy(() =>
  import('../features/people/second-factor-first.tsx').then((module) => ({ default: module.SecondFactorFirst })),
);
const HelpDialog = lazy(() => import('./help-dialog.tsx').then((module) => ({ default: module.HelpDialog })));
const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })));

function isHere(path: string, to: string): boolean {
  return to === '/' ? path === '/' : path === to || path.startsWith(`${to}/`);
}

function Navigation({
  person,
  path,
  close,
}: {
  readonly person: Person;
  readonly path: string;
  readonly close: () => void;
}) {
  return navigation.map(({ title, places }) => (
    <div key={title}>
      <Text size="xs" fw={650} c="dimmed" px="sm" pt="sm">
        {title}
      </Text>
      {places
        .filter((place) => place.admin !== true || person.role === 'admin')
        .map(({ to, label, icon: Shape }) => (
          <NavLink
            key={to}
            component={Link}
            to={to}
            label={label}
            rightSection={to === '/attention' ? <AttentionCount /> : undefined}
            active={isHere(path, to)}
            aria-current={isHere(path, to) ? 'page' : undefined}
            leftSection={<Shape size={18} aria-hidden="true" />}
            onClick={close}
          />
        ))}
    </div>
  ));
}

function Frame({ person }: { readonly person: Person }) {
  const [opened, menu] = useDisclosure(false);
  const [helped, help] = useDisclosure(false);
  const [searching, palette] = useDisclosure(false);
  const { pathname } = useLocation();
  useKeys({ showHelp: help.open, showPalette: palette.open });
  useEffect(openStream, []);
  useAttentionTitle();
  const isProofAsked = useProofAsked();
  return (
    <>
      <a href="#main" className="jtp-skip">
        Skip to the content
      </a>
      <AppShell
        header={{ height: 56 }}
        navbar={{ width: 200, breakpoint: 'sm', collapsed: { mobile: !opened } }}
        padding="md"
      >
        <AppShell.Header>
          <Header
            person={person}
            opened={opened}
            toggle={menu.toggle}
            showHelp={help.open}
            showPalette={palette.open}
          />
        </AppShell.Header>
        <AppShell.Navbar p="xs" aria-label="Main" className="jtp-navbar">
          <Navigation person={person} path={pathname} close={menu.close} />
        </AppShell.Navbar>
        <AppShell.Main id="main" className="jtp-main">
          <ViewBanner />
          <UnguardedBanner />
          <MaintenanceBanner />
          <Outlet />
        </AppShell.Main>
      </AppShell>
      <nav className="jtp-bottom" aria-label="Shortcuts">
        {bottomPlaces.map(({ to, label, icon: Shape }) => (
          <Link key={to} to={to} activeOptions={{ exact: to === '/' }}>
            <Shape size={20} aria-hidden="true" />
            <span>
              {label} {to === '/attention' ? <AttentionCount /> : null}
            </span>
          </Link>
        ))}
      </nav>
      {searching ? (
        <Suspense fallback={null}>
          <Palette close={palette.close} isAdmin={person.role === 'admin'} />
        </Suspense>
      ) : null}
      {helped ? (
        <Suspense fallback={null}>
          <HelpDialog close={help.close} />
        </Suspense>
      ) : null}
      {isProofAsked ? (
        <Suspense fallback={null}>
          <ProofDialog />
        </Suspense>
      ) : null}
    </>
  );
}

/** Held until whoever sets up a second factor says so: their recovery codes are shown once, and the session is read anew meanwhile. */
function Gate({ person, isFirst }: { readonly person: Person; readonly isFirst: boolean }) {
  const [isHeld, setHeld] = useState(isFirst);
  return isHeld ? (
    <Suspense fallback={<Loading />}>
      <SecondFactorFirst onDone={() => setHeld(false)} />
    </Suspense>
  ) : (
    <Frame person={person} />
  );
}

/** The frame of every page for people who are signed in; others are led to where they can be. */
export function Shell() {
  const session = useSession();
  if (session.data === undefined) {
    return session.isError ? (
      <main className="jtp-alone">
        <ErrorPanel error={session.error} retry={() => void session.refetch()} />
      </main>
    ) : (
      <Loading />
    );
  }
  const { setup_needed, person, second_factor_missing } = session.data;
  if (setup_needed) return <LeadOn to="/setup" />;
  if (person === null) return <LeadOn to="/sign-in" andBack />;
  return <Gate key={person.id} person={person} isFirst={second_factor_missing} />;
}
