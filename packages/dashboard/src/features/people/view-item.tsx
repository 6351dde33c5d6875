import { Menu } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { User } from 'job-trigger-contract';
import { sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { forgetSession } from './use-session.ts';

/** Has everything be seen as somebody sees it; of who sees everything, or nothing, there is no view. */
export function ViewItem({ user }: { readonly user: User }) {
  const navigate = useNavigate();
  const look = useMutation({
    mutationFn: () => api.beginView({ params: { id: user.id } }),
    onSuccess: async () => {
      await navigate({ to: '/' });
      await forgetSession();
    },
    onError: sayFailed,
  });
  if (!user.active || user.role === 'admin') return null;
  return <Menu.Item onClick={() => look.mutate()}>View as them</Menu.Item>;
}
