import { Paper, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { Page } from '../components/page.tsx';
import { DeviceCodeForm } from '../features/people/device-code-form.tsx';
import { DeviceDecision } from '../features/people/device-decision.tsx';
import { useSession } from '../features/people/use-session.ts';

/** Where people confirm the code of a command line that signs in. */
export function DevicePage() {
  const session = useSession().data;
  const { code }: { code?: unknown } = useSearch({ strict: false });
  const navigate = useNavigate();
  const person = session?.person ?? null;
  if (session === undefined || person === null) return null;
  const lead = (to: string | undefined): void =>
    void navigate({ to: '/device', ...(to === undefined ? {} : { search: { code: to } }) });
  const given = typeof code === 'string' && code !== '' ? code : null;
  return (
    <div className="jtp-alone">
      <Page title="Sign in a command line">
        {session.settings.authentication !== 'portal' ? (
          <Paper withBorder p="lg">
            <Text>Nobody signs in at this portal, and neither need command lines.</Text>
          </Paper>
        ) : given === null ? (
          <DeviceCodeForm onCode={lead} />
        ) : (
          <DeviceDecision
            key={given}
            code={given}
            as={`${person.name}, ${person.role}`}
            again={() => lead(undefined)}
          />
        )}
      </Page>
    </div>
  );
}
