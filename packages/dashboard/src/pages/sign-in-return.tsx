import { Alert, Text } from '@mantine/core';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { Alone } from '../components/alone.tsx';
import { ErrorPanel } from '../components/error-panel.tsx';
import { Loading } from '../components/loading.tsx';
import { Page } from '../components/page.tsx';
import { sayDone } from '../components/say.ts';
import { keptPlace } from '../features/people/place-kept.ts';
import { forgetSession, useSession } from '../features/people/use-session.ts';
import { api } from '../lib/api.ts';

/** Where a provider sends people back to: what it says is carried on to the server, once. */
export function SignInReturnPage() {
  const { provider = '' } = useParams({ strict: false });
  const navigate = useNavigate();
  const isSignedIn = (useSession().data?.person ?? null) !== null;
  const [failure, setFailure] = useState<unknown>(null);
  const [isPlain, setPlain] = useState(false);
  const isAsked = useRef(false);

  useEffect(() => {
    if (isAsked.current) return;
    isAsked.current = true;
    const query = window.location.search.slice(1);
    // What came back stands in no history.
    window.history.replaceState(window.history.state, '', window.location.pathname);
    async function finish(): Promise<void> {
      const { linked, tokens } = await api.finishOidc({ params: { name: provider }, body: { query } });
      if (tokens?.cookie === false) {
        setPlain(true);
        return;
      }
      await forgetSession();
      if (linked) sayDone('The sign-in is added to your account.');
      await navigate({ href: linked ? '/profile' : keptPlace() });
    }
    finish().catch(setFailure);
  }, [provider, navigate]);

  return (
    <Alone>
      <Page title={failure === null ? 'Signing in' : 'This sign-in did not work'}>
        {failure !== null ? (
          <>
            <ErrorPanel error={failure} />
            <Text>
              {isSignedIn ? (
                <Link to="/profile">Back to your profile</Link>
              ) : (
                <Link to="/sign-in">Back to sign-in</Link>
              )}
            </Text>
          </>
        ) : isPlain ? (
          <Alert variant="outline" title="This address is plain HTTP">
            The session cookie needs HTTPS. Open the portal by HTTPS, or on its own host.
          </Alert>
        ) : (
          <Loading />
        )}
      </Page>
    </Alone>
  );
}
