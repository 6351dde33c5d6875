import { Alert, Button, Code, Group, Radio, SimpleGrid, Stack, Text } from '@mantine/core';
import type { EditConflict } from 'job-trigger-contract';
import { useState } from 'react';
import { When } from '../../components/when.tsx';
import { proposed, type Contested, type Side } from './edit-conflict.ts';

function valueText(value: unknown): string {
  if (value === null || value === undefined || value === '') return 'none';
  if (Array.isArray(value) && value.every((item) => typeof item === 'string'))
    return value.length === 0 ? 'none' : value.join('\n');
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

const nameOf = (field: string): string => field.replaceAll('_', ' ').replace(/^./, (first) => first.toUpperCase());

function Field({
  contested,
  saver,
  side,
  choose,
}: {
  readonly contested: Contested;
  readonly saver: string;
  readonly side: Side;
  readonly choose: (side: Side) => void;
}) {
  const { field, theirs, yours, changed } = contested;
  const who = { both: 'Both of you', theirs: `Only ${saver}`, yours: 'Only you' }[changed];
  const cards: readonly (readonly [Side, string, unknown])[] = [
    ['theirs', `Saved by ${saver}`, theirs],
    ['yours', 'Yours', yours],
  ];
  return (
    <Radio.Group label={nameOf(field)} description={`${who} changed it.`} value={side} onChange={choose}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} mt="xs">
        {cards.map(([value, label, shown]) => (
          <Radio.Card key={value} value={value} p="sm" radius="md" aria-label={`${nameOf(field)}: ${label}`}>
            <Group wrap="nowrap" align="flex-start" gap="sm">
              <Radio.Indicator />
              <Stack gap={4} miw={0} flex={1}>
                <Text size="sm" fw={600}>
                  {label}
                </Text>
                <Code block className="jtp-conflict-value">
                  {valueText(shown)}
                </Code>
              </Stack>
            </Group>
          </Radio.Card>
        ))}
      </SimpleGrid>
    </Radio.Group>
  );
}

interface ConflictPanelProps {
  readonly conflict: EditConflict;
  readonly contested: readonly Contested[];
  readonly saving: boolean;
  readonly save: (choices: Readonly<Record<string, Side>>) => void;
  /** Gives up what was written. */
  readonly loadTheirs: () => void;
}

/** Somebody saved first: both versions, field by field, and the choice. Never last write wins. */
export function ConflictPanel({ conflict, contested, saving, save, loadTheirs }: ConflictPanelProps) {
  const [choices, setChoices] = useState<Readonly<Record<string, Side>>>({});
  const chosen = Object.fromEntries(contested.map((one) => [one.field, choices[one.field] ?? proposed(one)]));
  const saver = conflict.saved_by ?? 'somebody';
  return (
    <Alert
      color="yellow"
      variant="outline"
      role="alert"
      className="jtp-alert-attention"
      title={`Not saved: ${conflict.saved_by ?? 'Somebody'} saved version ${conflict.version} meanwhile`}
    >
      <Stack>
        <Text size="sm">
          Saved <When at={conflict.saved_at} />. Nothing of yours is lost: it is still in the form.{' '}
          {contested.length === 0 ? 'Both say the same now.' : 'Choose for each field below; the others are alike.'}
        </Text>
        {contested.map((one) => (
          <Field
            key={one.field}
            contested={one}
            saver={saver}
            side={chosen[one.field] ?? proposed(one)}
            choose={(side) => setChoices({ ...choices, [one.field]: side })}
          />
        ))}
        <Group>
          <Button type="button" loading={saving} onClick={() => save(chosen)}>
            Save what is chosen
          </Button>
          <Button type="button" variant="default" disabled={saving} onClick={loadTheirs}>
            Discard mine, load version {conflict.version}
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
}
