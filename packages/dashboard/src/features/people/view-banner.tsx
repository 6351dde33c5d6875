import { Button, Group, Text } from '@mantine/core';
import { IconEye } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { When } from '../../components/when.tsx';
import { sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { serverNow } from '../../lib/clock.ts';
import { forgetSession, useSession } from './use-session.ts';
import './view-banner.css';

/** Says on every page whose eyes it is seen with, and ends that. */
export function ViewBanner() {
  const navigate = useNavigate();
  const { view = null, person = null } = useSession().data ?? {};
  const until = view?.until ?? null;
  const end = useMutation({
    mutationFn: () => api.endView(),
    onSuccess: async () => {
      await navigate({ to: '/admin/users' });
      await forgetSession();
    },
    onError: sayFailed,
  });
  useEffect(() => {
    if (until === null) return undefined;
    const timer = setTimeout(() => void forgetSession(), Math.max(0, Date.parse(until) - serverNow()) + 500);
    return () => clearTimeout(timer);
  }, [until]);
  if (view === null || person === null) return null;
  return (
    <section aria-label="View as" className="jtp-view">
      <IconEye size={20} aria-hidden="true" />
      <div>
        <Text size="sm" className="jtp-anywhere">
          <strong>You see everything as {person.name} does</strong> ({person.role}). Nothing can be changed meanwhile.
        </Text>
        <Text size="xs" c="dimmed" component="div">
          Ends by itself <When at={view.until} planned />.
        </Text>
      </div>
      <Group justify="flex-end">
        <Button size="xs" loading={end.isPending} onClick={() => end.mutate()}>
          End view
        </Button>
      </Group>
    </section>
  );
}
