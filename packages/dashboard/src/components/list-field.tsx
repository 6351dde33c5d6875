import { ActionIcon, Autocomplete, Button, Group, Input, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useRef, type KeyboardEvent, type ReactNode } from 'react';

interface FieldProps {
  readonly label: string;
  readonly description?: string;
  /** One of them, as in "Add an argument". */
  readonly one: string;
  readonly id: string;
  readonly error: string | undefined;
}

function Remove({ label, remove }: { readonly label: string; readonly remove: () => void }) {
  return (
    <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Remove ${label}`} onClick={remove}>
      <IconX size={16} aria-hidden="true" />
    </ActionIcon>
  );
}

interface RowsOf<T> extends FieldProps {
  readonly rows: readonly T[];
  readonly empty: T;
  readonly change: (rows: readonly T[]) => void;
  /** The inputs of a row; the first takes the focus when the row is new. */
  readonly inputs: (row: T, place: number, set: (row: T) => void) => ReactNode;
}

/** Rows that are added and taken away; Enter in one adds the next. */
function RowList<T>({ label, description, one, id, error, rows, empty, change, inputs }: RowsOf<T>) {
  const list = useRef<HTMLDivElement>(null);
  function add(place: number): void {
    change([...rows.slice(0, place), empty, ...rows.slice(place)]);
    requestAnimationFrame(() => list.current?.children[place]?.querySelector('input')?.focus());
  }
  function pressed(event: KeyboardEvent, place: number): void {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    event.preventDefault();
    add(place + 1);
  }
  return (
    <fieldset className="jtp-rows" id={id} tabIndex={-1} data-wrong={error !== undefined}>
      <legend>
        <Input.Label component="span">{label}</Input.Label>
        {description === undefined ? null : <Input.Description component="span">{description}</Input.Description>}
      </legend>
      <Stack gap={6} ref={list}>
        {rows.map((row, place) => (
          // A row has no identity but its place while it is being typed.
          <Group key={place} gap={6} wrap="nowrap" onKeyDown={(event) => pressed(event, place)}>
            {inputs(row, place, (next) => change(rows.map((was, at) => (at === place ? next : was))))}
            <Remove label={`${one} ${place + 1}`} remove={() => change(rows.filter((_, at) => at !== place))} />
          </Group>
        ))}
      </Stack>
      {error === undefined ? null : (
        <Input.Error size="sm" role="alert">
          {error}
        </Input.Error>
      )}
      <Group>
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={14} aria-hidden="true" />}
          onClick={() => add(rows.length)}
        >
          Add {/^[aeiou]/.test(one) ? 'an' : 'a'} {one}
        </Button>
      </Group>
    </fieldset>
  );
}

interface ListFieldProps extends FieldProps {
  readonly values: readonly string[];
  readonly change: (values: readonly string[]) => void;
}

/** A list of texts, a row each; spaces inside a row belong to it. */
export function ListField({ values, change, ...field }: ListFieldProps) {
  return (
    <RowList
      {...field}
      rows={values}
      empty=""
      change={change}
      inputs={(value, place, set) => (
        <TextInput
          flex={1}
          aria-label={`${field.one} ${place + 1}`}
          value={value}
          onChange={(event) => set(event.currentTarget.value)}
          classNames={{ input: 'jtp-mono' }}
        />
      )}
    />
  );
}

interface PairsFieldProps extends FieldProps {
  readonly pairs: readonly { readonly name: string; readonly value: string }[];
  readonly change: (pairs: readonly { readonly name: string; readonly value: string }[]) => void;
  /** What a value may be; anything when absent. */
  readonly choices?: readonly string[];
}

/** Names with values, a row each. */
export function PairsField({ pairs, change, choices, ...field }: PairsFieldProps) {
  return (
    <RowList
      {...field}
      rows={pairs}
      empty={{ name: '', value: '' }}
      change={change}
      inputs={(pair, place, set) => (
        <>
          <TextInput
            flex={2}
            aria-label={`Name of ${field.one} ${place + 1}`}
            placeholder="NAME"
            value={pair.name}
            onChange={(event) => set({ ...pair, name: event.currentTarget.value })}
            classNames={{ input: 'jtp-mono' }}
          />
          {choices === undefined ? (
            <TextInput
              flex={3}
              aria-label={`Value of ${field.one} ${place + 1}`}
              placeholder="value"
              value={pair.value}
              onChange={(event) => set({ ...pair, value: event.currentTarget.value })}
              classNames={{ input: 'jtp-mono' }}
            />
          ) : (
            <Autocomplete
              flex={3}
              aria-label={`Value of ${field.one} ${place + 1}`}
              placeholder={choices[0] ?? 'its name'}
              data={[...choices]}
              value={pair.value}
              onChange={(value) => set({ ...pair, value })}
              classNames={{ input: 'jtp-mono' }}
            />
          )}
        </>
      )}
    />
  );
}
