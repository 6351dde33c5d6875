import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ProblemError, type PersonSettingShape, type User } from 'job-trigger-contract';
import { useState } from 'react';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { Loaded } from '../../components/loaded.tsx';
import { sayDone } from '../../components/say.ts';
import { SettingField } from '../../components/setting-field.tsx';
import { api } from '../../lib/api.ts';
import { messageAt } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';

interface FormProps {
  readonly user: User;
  readonly items: readonly PersonSettingShape[];
  readonly onClose: () => void;
}

/** By key; what is new is called by its key. */
const labels: Readonly<Record<string, string>> = {
  'breaker.consecutive': 'Failures in a row (0: not counted)',
  'breaker.recent': 'Failures within days (0: not counted)',
  'breaker.period_days': 'Days in which they count',
  'breaker.plugin_consecutive': 'Jobs of plugins: failures in a row',
  'breaker.plugin_recent': 'Jobs of plugins: failures within days',
  'breaker.plugin_period_days': 'Jobs of plugins: days in which they count',
};

const ownOf = ({ source, value }: PersonSettingShape): unknown => (source === 'person' ? value : null);

function ThresholdsForm({ user, items, onClose }: FormProps) {
  const client = useQueryClient();
  const [values, setValues] = useState<Readonly<Record<string, unknown>>>(() =>
    Object.fromEntries(items.map((item) => [item.key, ownOf(item)])),
  );
  const changed = items
    .filter((item) => values[item.key] !== ownOf(item))
    .map(({ key }) => [key, values[key]] as const);
  const save = useMutation({
    mutationFn: () =>
      api.changePersonSettings({ params: { id: user.id }, body: { values: Object.fromEntries(changed) } }),
    onSuccess: () => {
      sayDone(`Thresholds for the jobs of ${user.name} are saved. The next failure counts by them.`);
      void client.invalidateQueries({ queryKey: ['users', user.id, 'settings'] });
      onClose();
    },
  });
  const errors = save.error instanceof ProblemError ? fieldErrors(save.error.problem) : {};
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack>
        <Text size="sm">
          They hold for the jobs that {user.name} owns and that have no breaker of their own. Empty: as for everybody.
        </Text>
        {save.isError && Object.keys(errors).length === 0 ? <ErrorPanel error={save.error} /> : null}
        {items.map((item) => (
          <SettingField
            key={item.key}
            setting={item}
            label={labels[item.key] ?? item.key}
            value={values[item.key]}
            error={messageAt(errors, item.key)}
            common={item.common}
            change={(next) => setValues((before) => ({ ...before, [item.key]: next }))}
          />
        ))}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending} disabled={changed.length === 0}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** From how many failures on the jobs of one person are stopped. */
export function ThresholdsDialog({ user, onClose }: Omit<FormProps, 'items'>) {
  const query = useQuery({
    queryKey: ['users', user.id, 'settings'],
    queryFn: () => api.personSettings({ params: { id: user.id } }),
  });
  return (
    <Modal opened onClose={onClose} title={`Failure thresholds of ${user.name}`}>
      <Loaded query={query}>{({ items }) => <ThresholdsForm user={user} items={items} onClose={onClose} />}</Loaded>
    </Modal>
  );
}
