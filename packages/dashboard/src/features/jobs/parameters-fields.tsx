import { Button, Group, NativeSelect, Paper, Stack, Switch, TagsInput, Text, TextInput } from '@mantine/core';
import { fieldAt, fieldId, wordsOfPath, type Errors } from '../../lib/field-errors.ts';
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
  errors,
  change,
}: {
  readonly parameter: Parameter;
  readonly place: number;
  readonly errors: Errors;
  readonly change: (next: Parameter | null) => void;
}) {
  const path = `parameters.${place}`;
  const set = (name: string, value: unknown): void => change({ ...parameter, [name]: value });
  return (
    <Paper withBorder p="sm" component="section" aria-label={`Parameter ${place + 1}`} id={fieldId(path)} tabIndex={-1}>
      <Group align="flex-end" gap="sm">
        <TextInput
          label="Name"
          required
          w={200}
          value={text(parameter['name'])}
          {...fieldAt(errors, `${path}.name`)}
          onChange={(event) => set('name', event.currentTarget.value)}
        />
        <NativeSelect
          label="Type"
          data={['string', 'integer', 'number', 'boolean']}
          w={120}
          value={text(parameter['type']) || 'string'}
          onChange={(event) => set('type', event.currentTarget.value)}
        />
        <TextInput
          label="Default"
          w={160}
          value={text(parameter['default'])}
          {...fieldAt(errors, `${path}.default`)}
          onChange={(event) => set('default', typed(parameter['type'], event.currentTarget.value))}
        />
        <Switch
          mb={8}
          label="Required"
          checked={parameter['required'] === true}
          onChange={(event) => set('required', event.currentTarget.checked)}
        />
        <Button
          size="xs"
          mb={4}
          variant="default"
          onClick={() => change(null)}
          aria-label={`Remove parameter ${place + 1}`}
        >
          Remove
        </Button>
      </Group>
      <TagsInput
        mt="xs"
        label="Choices"
        description="Any value when empty"
        value={((parameter['choices'] as unknown[] | null | undefined) ?? []).map(text)}
        onChange={(choices) =>
          set('choices', choices.length === 0 ? null : choices.map((choice) => typed(parameter['type'], choice)))
        }
        {...fieldAt(errors, `${path}.choices`)}
      />
      {parameter['type'] === 'boolean' ? null : (
        <TextInput
          mt="xs"
          label="Pattern"
          description="A regular expression that the whole value must match, as [A-Z]{2}\d+; any value when empty"
          value={text(parameter['pattern'])}
          {...fieldAt(errors, `${path}.pattern`)}
          onChange={(event) => set('pattern', event.currentTarget.value === '' ? null : event.currentTarget.value)}
        />
      )}
      <TextInput
        mt="xs"
        label="Help"
        value={text(parameter['description'])}
        onChange={(event) => set('description', event.currentTarget.value === '' ? null : event.currentTarget.value)}
      />
    </Paper>
  );
}

/** Values that a person or program gives at each run; the process finds them in `JTP_PARAM_…`. */
export function ParametersFields({ draft, set, errors }: FieldsProps) {
  const messages = Object.entries(errors).filter(([path]) =>
    /^parameters(?!\.\d+\.(?:name|default|pattern|choices)(?:\.|$))/.test(path),
  );
  return (
    <Stack id={fieldId('parameters')} tabIndex={-1}>
      {draft.parameters.length === 0 ? (
        <Text size="sm" c="dimmed">
          Values that are given at each run; the process finds them as JTP_PARAM_NAME.
        </Text>
      ) : null}
      {messages.map(([path, message]) => (
        <Text key={path} size="sm" className="jtp-state-failed" role="alert">
          {wordsOfPath(path)}: {message}
        </Text>
      ))}
      {draft.parameters.map((parameter, place) => (
        <One
          // A parameter has no identity but its place while its name is being typed.
          key={place}
          parameter={parameter}
          place={place}
          errors={errors}
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
