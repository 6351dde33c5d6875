import { Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Calendar } from 'job-trigger-contract';
import { useState } from 'react';
import { sayDone, sayFailed } from '../../components/say.ts';
import { api } from '../../lib/api.ts';
import { refreshTopics } from '../../lib/query.ts';

/** Asks before it deletes, and says who would lose it. */
export function DeleteCalendar({ calendar }: { readonly calendar: Calendar }) {
  const [isAsking, setAsking] = useState(false);
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () =>
      api.deleteCalendar({
        params: { id: calendar.id },
        query: calendar.users.length > 0 ? { force: 'true' } : {},
      }),
    onSuccess: () => {
      sayDone(`Deleted ${calendar.name}.`);
      refreshTopics(['jobs', 'events']);
      void navigate({ to: '/calendars' });
    },
    onError: sayFailed,
  });
  const isUsed = calendar.users.length > 0;
  return (
    <>
      <Button variant="default" onClick={() => setAsking(true)}>
        Delete
      </Button>
      <Modal opened={isAsking} onClose={() => setAsking(false)} title={`Delete ${calendar.name}?`}>
        <Stack>
          {isUsed ? (
            <>
              <Text size="sm">
                These jobs use it. Their schedules go on without it, and their next runs are worked out anew:
              </Text>
              <List size="sm">
                {calendar.users.slice(0, 20).map((user) => (
                  <List.Item key={user.job_id}>{user.job_name}</List.Item>
                ))}
              </List>
            </>
          ) : (
            <Text size="sm">No schedule attaches it.</Text>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              Keep it
            </Button>
            <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
              {isUsed ? 'Delete, and take it from them' : 'Delete'}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
