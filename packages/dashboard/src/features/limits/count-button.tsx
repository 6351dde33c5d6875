import { Button, Group, Modal, NumberInput, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Person } from 'job-trigger-contract';
import { useState } from 'react';
import { useMay } from '../runs/use-may.ts';

interface CountButtonProps {
  /** What is limited, as its heading says it. */
  readonly of: string;
  readonly text: string;
  readonly value: number | null;
  /** Who may change it, and all above. */
  readonly least: Person['role'];
  /** An empty field is no limit; where there must be one it cannot be left so. */
  readonly mayBeEmpty?: boolean;
  readonly busy: boolean;
  readonly onSave: (value: number | null, close: () => void) => void;
}

/** Asks for a count and saves it. */
export function CountButton({ of, text, value, least, mayBeEmpty = true, busy, onSave }: CountButtonProps) {
  const refusal = useMay(least);
  const [opened, { open, close }] = useDisclosure(false);
  const [count, setCount] = useState<number | ''>(value ?? '');
  return (
    <>
      <Button
        size="xs"
        variant="default"
        flex="none"
        disabled={refusal !== null}
        title={refusal ?? undefined}
        aria-label={`Change limit of ${of}`}
        onClick={() => {
          setCount(value ?? '');
          open();
        }}
      >
        Change limit
      </Button>
      <Modal opened={opened} onClose={close} title={`Limit of ${of}`}>
        <Stack>
          <Text size="sm">{text}</Text>
          <NumberInput
            label="Runs at once"
            {...(mayBeEmpty ? { description: 'No limit when empty' } : {})}
            min={1}
            max={100_000}
            allowDecimal={false}
            value={count}
            onChange={(next) => setCount(next === '' ? '' : Number(next))}
            data-autofocus
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Leave it as it is
            </Button>
            <Button
              loading={busy}
              disabled={count === '' && !mayBeEmpty}
              onClick={() => onSave(count === '' ? null : count, close)}
            >
              Save limit
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
