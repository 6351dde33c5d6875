import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { PasswordForm } from '../features/people/password-form.tsx';
import { ProfileForm } from '../features/people/profile-form.tsx';
import { roleWords } from '../features/people/role-words.ts';
import { SignInList } from '../features/people/sign-in-list.tsx';
import { useSession } from '../features/people/use-session.ts';

/** What people change of themselves. */
export function ProfilePage() {
  const session = useSession().data;
  const person = session?.person;
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
          <Panel title="Password">
            <PasswordForm />
          </Panel>
          <Panel title="Where you are signed in">
            <SignInList />
          </Panel>
        </>
      ) : null}
    </Page>
  );
}
