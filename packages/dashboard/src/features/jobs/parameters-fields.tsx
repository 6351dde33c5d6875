import { Button, Group, NativeSelect, Paper, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core';
import type { FieldsProps } from './fields.ts';

type Parameter = Readonly<Record<string, unknown>>;
const text = (value: unknown): string =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';

/** A default as its type has it. */
function typed(type: unknown, value: string): unknown {
  if (value === '') return null;
  if (type === 'number' || type === 'integer') return Number.isNaN(Number(value)) ? value : Number(value);
  return type === 'boolean' ? value === 'true' : value;
}

function One({
  parameter,
  place,
  change,
}: {
  readonly parameter: Parameter;
  readonly place: number;
  readonly change: (next: Parameter | null) => void;
}) {
  const set = (name: string, value: unknown): void => change({ ...parameter, [name]: value });
  return (
    <Paper withBorder p="sm" component="fieldset">
      <Group align="flex-end">
        <TextInput
          label="Name"
          required
          value={text(parameter['name'])}
          onChange={(event) => set('name', event.currentTarget.value)}
        />
        <NativeSelect
          label="Type"
          data={['string', 'number', 'boolean']}
          value={text(parameter['type']) || 'string'}
          onChange={(event) => set('type', event.currentTarget.value)}
        />
        <TextInput
          label="Default"
          value={text(parameter['default'])}
          onChange={(event) => set('default', typed(parameter['type'], event.currentTarget.value))}
        />
        <Switch
          label="Required"
          checked={parameter['required'] === true}
          onChange={(event) => set('required', event.currentTarget.checked)}
        />
        <Button size="xs" variant="default" onClick={() => change(null)} aria-label={`Remove parameter ${place + 1}`}>
          Remove
        </Button>
      </Group>
      <TagsInput
        label="Choices"
        description="Any value when empty"
        value={((parameter['choices'] as unknown[] | null | undefined) ?? []).map(text)}
        onChange={(choices) => set('choices', choices.length === 0 ? null : choices)}
      />
      <TextInput
        label="Help"
        value={text(parameter['description'])}
        onChange={(event) => set('description', event.currentTarget.value === '' ? null : event.currentTarget.value)}
      />
    </Paper>
  );
}

/** Values that a person or program gives at each run; the process finds them in `JTP_PARAM_…`. */
export function ParametersFields({ draft, set, errors }: FieldsProps) {
  const messages = Object.entries(errors).filter(([path]) => path.startsWith('parameters'));
  return (
    <Stack>
      {messages.map(([path, message]) => (
        <Text key={path} size="sm" className="jtp-state-failed" role="alert">
          {path}: {message}
        </Text>
      ))}
      {draft.parameters.map((parameter, place) => (
        <One
          // A parameter has no identity but its place while its name is being typed.
          key={place}
          parameter={parameter}
          place={place}
          change={(next) =>
            set({
              parameters:
                next === null
                  ? draft.parameters.filter((_, at) => at !== place)
                  : draft.parameters.map((one, at) => (at === place ? next : one)),
            })
          }
        />
      ))}
      <Group>
        <Button
          variant="default"
          onClick={() => set({ parameters: [...draft.parameters, { name: '', type: 'string', required: false }] })}
        >
          Add a parameter
        </Button>
      </Group>
    </Stack>
  );
}
