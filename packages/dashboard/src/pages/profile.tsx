import { Code, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { LinkList } from '../features/people/link-list.tsx';
import { PasswordForm } from '../features/people/password-form.tsx';
import { ProfileForm } from '../features/people/profile-form.tsx';
import { QuotaList } from '../features/people/quota-list.tsx';
import { useProviders } from '../features/people/provider-buttons.tsx';
import { roleWords } from '../features/people/role-words.ts';
import { SignInMethods } from '../features/people/sign-in-methods.tsx';
import { SignInList } from '../features/people/sign-in-list.tsx';
import { useLinks } from '../features/people/use-links.ts';
import { useSession } from '../features/people/use-session.ts';
import { portalAddress } from '../lib/base.ts';

/** Nothing where there is no provider and never was one. */
function LinkPanel() {
  const { items = [] } = useLinks().data ?? {};
  const providers = useProviders();
  if (providers.length === 0 && items.length === 0) return null;
  return (
    <Panel title="Sign-in through others">
      <LinkList />
    </Panel>
  );
}

/** What people change of themselves. */
export function ProfilePage() {
  const session = useSession().data;
  const person = session?.person;
  const links = useLinks().data;
  const signsIn = session?.settings.authentication !== 'host';
  if (person === undefined || person === null) return null;
  return (
    <Page title="Profile">
      <Panel title="You">
        <ProfileForm key={`${person.name} ${person.timezone}`} person={person} />
        <Text size="sm" c="dimmed" mt="sm">
          Your role is {person.role}
          {person.approver ? ', and you approve scripts' : ''}: {roleWords[person.role].toLowerCase()}{' '}
          <Link to="/admin/roles">What each role may</Link>
        </Text>
      </Panel>
      {signsIn ? (
        <>
          {links?.password === false ? null : (
            <Panel title="Password">
              <PasswordForm />
            </Panel>
          )}
          <Panel title="Sign-in methods">
            <SignInMethods />
          </Panel>
          <LinkPanel />
          <Panel title="Where you are signed in">
            <SignInList />
            <Text size="sm" c="dimmed" mt="sm">
              A command line signs in by a code: run <Code>jtp login {portalAddress()}</Code> there, then{' '}
              <Link to="/device">confirm its code</Link>.
            </Text>
          </Panel>
        </>
      ) : null}
      <Panel title="What you hold">
        <QuotaList />
      </Panel>
    </Page>
  );
}
