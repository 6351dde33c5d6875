import { Button, Group, NativeSelect, Paper, Stack, Text, TextInput } from '@mantine/core';
import type { HttpAssertion } from 'job-trigger-contract';
import { fieldAt, fieldId, type Errors } from '../../lib/field-errors.ts';

type Kind = HttpAssertion['kind'];

const labels: Readonly<Record<Kind, string>> = {
  body_contains: 'Body contains',
  body_matches: 'Body matches',
  json_equals: 'JSON value is',
  header_equals: 'Header is',
  max_duration: 'Answers within',
};

const fresh: Readonly<Record<Kind, HttpAssertion>> = {
  body_contains: { kind: 'body_contains', text: '' },
  body_matches: { kind: 'body_matches', pattern: '' },
  json_equals: { kind: 'json_equals', path: '$.', value: '' },
  header_equals: { kind: 'header_equals', name: '', value: '' },
  max_duration: { kind: 'max_duration', seconds: 2 },
};

/** `up` is the text, `2`, `true` and `null` are what they say; a text that looks like one of those stands in quotes. */
function valueOf(text: string): string | number | boolean | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? text : (value as string | number | boolean | null);
  } catch {
    return text;
  }
}

/** The other way: quotes only where the text would be read as something else. */
const textOf = (value: string | number | boolean | null): string =>
  typeof value === 'string' && valueOf(value) === value ? value : JSON.stringify(value);

interface PartProps<K extends Kind> {
  readonly assertion: Extract<HttpAssertion, { kind: K }>;
  readonly path: string;
  readonly errors: Errors;
  readonly change: (next: HttpAssertion) => void;
}

function JsonPart({ assertion, path, errors, change }: PartProps<'json_equals'>) {
  return (
    <>
      <TextInput
        label="Path"
        placeholder="$.items[0].name"
        w={200}
        value={assertion.path}
        {...fieldAt(errors, `${path}.path`)}
        onChange={(event) => change({ ...assertion, path: event.currentTarget.value })}
      />
      <TextInput
        label="Value"
        placeholder="up, 2, true, null"
        flex={1}
        miw={140}
        // What was typed stays as it was typed; it is read once the field is left.
        key={textOf(assertion.value)}
        defaultValue={textOf(assertion.value)}
        {...fieldAt(errors, `${path}.value`)}
        onBlur={(event) => change({ ...assertion, value: valueOf(event.currentTarget.value) })}
      />
    </>
  );
}

function HeaderPart({ assertion, path, errors, change }: PartProps<'header_equals'>) {
  return (
    <>
      <TextInput
        label="Header"
        placeholder="content-type"
        w={200}
        value={assertion.name}
        {...fieldAt(errors, `${path}.name`)}
        onChange={(event) => change({ ...assertion, name: event.currentTarget.value })}
      />
      <TextInput
        label="Value"
        flex={1}
        miw={140}
        value={assertion.value}
        {...fieldAt(errors, `${path}.value`)}
        onChange={(event) => change({ ...assertion, value: event.currentTarget.value })}
      />
    </>
  );
}

function Parts({ assertion, ...more }: PartProps<Kind>) {
  const { path, errors, change } = more;
  switch (assertion.kind) {
    case 'json_equals':
      return <JsonPart assertion={assertion} {...more} />;
    case 'header_equals':
      return <HeaderPart assertion={assertion} {...more} />;
    case 'max_duration':
      return (
        <TextInput
          label="Seconds"
          inputMode="decimal"
          w={140}
          defaultValue={String(assertion.seconds)}
          {...fieldAt(errors, `${path}.seconds`)}
          onChange={(event) => change({ ...assertion, seconds: Number(event.currentTarget.value.replace(',', '.')) })}
        />
      );
    case 'body_contains':
      return (
        <TextInput
          label="Text"
          flex={1}
          miw={200}
          value={assertion.text}
          {...fieldAt(errors, `${path}.text`)}
          onChange={(event) => change({ ...assertion, text: event.currentTarget.value })}
        />
      );
    case 'body_matches':
      return (
        <TextInput
          label="Pattern"
          placeholder='"status":\s*"(ok|up)"'
          flex={1}
          miw={200}
          value={assertion.pattern}
          {...fieldAt(errors, `${path}.pattern`)}
          onChange={(event) => change({ ...assertion, pattern: event.currentTarget.value })}
        />
      );
  }
}

interface AssertionFieldsProps {
  readonly assertions: readonly HttpAssertion[];
  readonly change: (next: readonly HttpAssertion[]) => void;
  readonly errors: Errors;
}

/** What must hold of the answer besides its status. */
export function AssertionFields({ assertions, change, errors }: AssertionFieldsProps) {
  const replace = (place: number, next: HttpAssertion | null): void =>
    change(assertions.flatMap((one, at) => (at !== place ? [one] : next === null ? [] : [next])));
  return (
    <Stack gap="xs" id={fieldId('config.assertions')} tabIndex={-1}>
      <Text size="sm" fw={500}>
        Assertions
      </Text>
      <Text size="xs" c="dimmed">
        Each must hold of the answer, or the run fails and says which did not
      </Text>
      {assertions.map((assertion, place) => {
        const path = `config.assertions.${place}`;
        return (
          <Paper
            // An assertion is known by its place alone.
            key={`${place} ${assertion.kind}`}
            withBorder
            p="xs"
            component="section"
            aria-label={`Assertion ${place + 1}`}
            id={fieldId(path)}
            tabIndex={-1}
          >
            <Group align="flex-start" gap="sm">
              <NativeSelect
                label="Check"
                w={160}
                data={Object.entries(labels).map(([value, label]) => ({ value, label }))}
                value={assertion.kind}
                onChange={(event) => replace(place, fresh[event.currentTarget.value as Kind])}
              />
              <Parts assertion={assertion} path={path} errors={errors} change={(next) => replace(place, next)} />
              <Button
                size="xs"
                mt={28}
                variant="default"
                onClick={() => replace(place, null)}
                aria-label={`Remove assertion ${place + 1}`}
              >
                Remove
              </Button>
            </Group>
          </Paper>
        );
      })}
      <Group>
        <Button variant="default" size="xs" onClick={() => change([...assertions, fresh.body_contains])}>
          Add an assertion
        </Button>
      </Group>
    </Stack>
  );
}
