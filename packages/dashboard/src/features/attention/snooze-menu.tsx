import { Button, Group, Menu, Modal, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown } from '@tabler/icons-react';
import { useState, type FormEvent } from 'react';
import { serverNow } from '../../lib/clock.ts';
import { browserZone, fullText, instantOf, localText } from '../../lib/time.ts';
import type { AttentionActs } from './use-attention.ts';

const hourMs = 3_600_000;

/** Nine o'clock of the next day where the reader is. */
function tomorrowMorning(): number {
  const zone = browserZone();
  return instantOf(`${localText(serverNow() + 24 * hourMs, zone).slice(0, 10)}T09:00`, zone);
}

interface SnoozeProps {
  readonly title: string;
  readonly snooze: AttentionActs['snooze'];
  readonly refusal: string | null;
}

function DateDialog({ title, snooze, close }: Omit<SnoozeProps, 'refusal'> & { readonly close: () => void }) {
  const zones = [...new Set([browserZone(), 'UTC'])];
  const [zone, setZone] = useState(zones[0] ?? 'UTC');
  const [until, setUntil] = useState('');
  const at = until === '' ? null : instantOf(until, zone);
  const past = at !== null && !(at > serverNow());
  function send(event: FormEvent): void {
    event.preventDefault();
    if (at !== null && !past) snooze.mutate(new Date(at).toISOString(), { onSuccess: close });
  }
  return (
    <Modal opened onClose={close} title="Snooze until a date">
      <form onSubmit={send}>
        <Stack>
          <Text size="sm" c="dimmed">
            {title}
          </Text>
          <Group align="flex-start" gap="sm">
            <TextInput
              type="datetime-local"
              label="Until"
              value={until}
              onChange={(event) => setUntil(event.currentTarget.value)}
              error={past ? 'This is not ahead.' : undefined}
              data-autofocus
            />
            <NativeSelect
              label="In the zone"
              data={zones}
              value={zone}
              onChange={(event) => setZone(event.currentTarget.value)}
            />
          </Group>
          {at === null || past ? null : <Text size="sm">= {fullText(at, 'UTC')}</Text>}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              Close
            </Button>
            <Button type="submit" loading={snooze.isPending} disabled={at === null || past}>
              Snooze
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Puts an item off for an hour, until tomorrow morning, or until a date. */
export function SnoozeMenu({ title, snooze, refusal }: SnoozeProps) {
  const [dated, { open, close }] = useDisclosure(false);
  const until = (at: number): void => snooze.mutate(new Date(at).toISOString());
  // The first item takes the focus, for whoever presses `s`. By itself a menu of Mantine focuses an empty place before its
  // items, and in two later turns: an arrow that is pressed between them is lost.
  return (
    <>
      <Menu position="bottom-start" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <Button
            variant="default"
            size="xs"
            data-act="snooze"
            aria-label={`Snooze: ${title}`}
            disabled={refusal !== null}
            title={refusal ?? 'Key s'}
            loading={snooze.isPending}
            rightSection={<IconChevronDown size={14} aria-hidden="true" />}
          >
            Snooze
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => until(serverNow() + hourMs)}>For 1 hour</Menu.Item>
          <Menu.Item onClick={() => until(tomorrowMorning())}>Until tomorrow 09:00</Menu.Item>
          <Menu.Item onClick={open}>Until a date</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {dated ? <DateDialog title={title} snooze={snooze} close={close} /> : null}
    </>
  );
}
