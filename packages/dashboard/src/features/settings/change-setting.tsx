import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { ProblemError, type SettingShape } from 'job-trigger-contract';
import { useState } from 'react';
import { Described } from '../../components/described.tsx';
import { ErrorPanel } from '../../components/error-panel.tsx';
import { SettingField } from '../../components/setting-field.tsx';
import { messageAt } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { shown } from './setting-words.ts';
import { useChangeSetting } from './use-change-setting.ts';

interface ChangeSettingProps {
  readonly setting: SettingShape;
  readonly onClose: () => void;
}

function Dialog({ setting, onClose }: ChangeSettingProps) {
  const { key, description, page } = setting;
  const [value, setValue] = useState<unknown>(setting.value);
  const change = useChangeSetting(setting, onClose);
  const refused = change.error instanceof ProblemError ? messageAt(fieldErrors(change.error.problem), key) : undefined;
  const loss = change.data ?? null;
  return (
    <Modal opened onClose={onClose} title={`Change ${key}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate({ value, isSure: loss !== null });
        }}
      >
        <Stack>
          <Text size="sm">
            <Described text={description} />
          </Text>
          {change.isError && refused === undefined ? <ErrorPanel error={change.error} /> : null}
          <SettingField
            setting={setting}
            label="Value"
            value={value}
            error={refused}
            change={(next) => {
              change.reset();
              setValue(next);
            }}
          />
          <Text size="sm" c="dimmed">
            Default: {shown(setting.default)}. A change counts everywhere within 5 s; nothing is started again.
          </Text>
          {loss === null ? null : (
            <Alert color="red" title="This deletes" role="alert">
              {loss}
            </Alert>
          )}
          <Group justify="flex-end" gap="xs">
            {page === null ? null : (
              <Button
                variant="default"
                loading={change.isPending}
                onClick={() => {
                  setValue(setting.default);
                  change.mutate({ value: null, isSure: false });
                }}
              >
                Back to the default
              </Button>
            )}
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              loading={change.isPending}
              disabled={value === null}
              {...(loss === null ? {} : { color: 'red' })}
            >
              {loss === null ? 'Save' : 'Delete and save'}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Asks for another value of a setting that the page owns. */
export function ChangeSetting({ setting }: { readonly setting: SettingShape }) {
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button size="xs" variant="default" aria-label={`Change ${setting.key}`} onClick={() => setOpened(true)}>
        Change
      </Button>
      {opened ? <Dialog setting={setting} onClose={() => setOpened(false)} /> : null}
    </>
  );
}
