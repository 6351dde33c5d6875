import {
  Fieldset,
  MultiSelect,
  NativeSelect,
  NumberInput,
  PasswordInput,
  Stack,
  Switch,
  Textarea,
  TextInput,
} from '@mantine/core';
import { ListField, PairsField } from '../../components/list-field.tsx';
import { fieldAt, type Errors } from '../../lib/field-errors.ts';
import { isGroup, pairsOf, type SchemaField, type Values } from './plugin-draft.ts';

interface SchemaFieldsProps {
  readonly schema: SchemaField;
  readonly values: Values;
  readonly change: (values: Values) => void;
  readonly errors: Errors;
  /** Where the values stand in what is sent. */
  readonly path?: string;
}

/** A form made of a schema: a field each, in its order. */
export function SchemaFields({ schema, values, change, errors, path = 'config' }: SchemaFieldsProps) {
  return (
    <Stack gap="sm">
      {Object.entries(schema.properties ?? {}).map(([name, field]) => (
        <OneField
          key={name}
          name={name}
          field={field}
          required={schema.required?.includes(name) === true}
          value={values[name]}
          change={(value) => change({ ...values, [name]: value })}
          errors={errors}
          path={`${path}.${name}`}
        />
      ))}
    </Stack>
  );
}

interface OneFieldProps {
  readonly name: string;
  readonly field: SchemaField;
  readonly required: boolean;
  readonly value: unknown;
  readonly change: (value: unknown) => void;
  readonly errors: Errors;
  readonly path: string;
}

/** `feed_url` becomes "Feed url" where the schema names no title. */
function labelOf(name: string, { title }: SchemaField): string {
  const words = name.replaceAll(/[_-]+/g, ' ');
  return title ?? words.charAt(0).toUpperCase() + words.slice(1);
}

function OneField({ name, field, required, value, change, errors, path }: OneFieldProps) {
  const label = labelOf(name, field);
  const { description } = field;
  const common = { label, required, ...(description === undefined ? {} : { description }), ...fieldAt(errors, path) };
  const rows = { label, id: common.id, error: common.error, ...(description === undefined ? {} : { description }) };
  const text = typeof value === 'string' ? value : '';
  if (isGroup(field))
    return (
      <Fieldset legend={label} id={common.id} tabIndex={-1}>
        <SchemaFields schema={field} values={(value ?? {}) as Values} change={change} errors={errors} path={path} />
      </Fieldset>
    );
  if (field.enum !== undefined) return <ChoiceField {...common} field={field} value={value} change={change} />;
  switch (field.type) {
    case 'boolean':
      return (
        <Switch
          label={label}
          description={description}
          id={common.id}
          error={common.error}
          checked={value === true}
          onChange={(event) => change(event.currentTarget.checked)}
        />
      );
    case 'number':
    case 'integer':
      return (
        <NumberInput
          {...common}
          maw={320}
          allowDecimal={field.type === 'number'}
          // What was typed stays; the server tells of a number that is too large.
          clampBehavior="none"
          placeholder={boundsOf(field)}
          value={typeof value === 'number' ? value : ''}
          onChange={(next) => change(next === '' ? '' : Number(next))}
        />
      );
    case 'array':
      if (field.items?.enum !== undefined)
        return (
          <MultiSelect
            {...common}
            data={[...field.items.enum]}
            value={Array.isArray(value) ? value.map(String) : []}
            onChange={change}
          />
        );
      return <ListField {...rows} one="entry" values={Array.isArray(value) ? value.map(String) : []} change={change} />;
    case 'object':
      return <PairsField {...rows} one="entry" pairs={pairsOf(value)} change={change} />;
    case 'string':
      if (field.format === 'multiline')
        return (
          <Textarea
            {...common}
            autosize
            minRows={3}
            value={text}
            onChange={(event) => change(event.currentTarget.value)}
          />
        );
      if (field.format === 'password')
        return (
          <PasswordInput
            {...common}
            autoComplete="new-password"
            value={text}
            onChange={(event) => change(event.currentTarget.value)}
          />
        );
      return (
        <TextInput
          {...common}
          type={field.format === 'uri' ? 'url' : 'text'}
          placeholder={field.format === 'uri' ? 'https://example.org/feed' : undefined}
          value={text}
          onChange={(event) => change(event.currentTarget.value)}
        />
      );
  }
}

interface ChoiceFieldProps {
  readonly label: string;
  readonly required: boolean;
  readonly description?: string;
  readonly id: string;
  readonly error: string | undefined;
  readonly field: SchemaField;
  readonly value: unknown;
  readonly change: (value: unknown) => void;
}

/** One of a few; an optional one without a default may stay open. */
function ChoiceField({ field, value, change, ...common }: ChoiceFieldProps) {
  const choices = (field.enum ?? []).map(String);
  const open = field.default === undefined ? [{ value: '', label: '—' }] : [];
  return (
    <NativeSelect
      {...common}
      maw={320}
      data={[...open, ...choices.map((one) => ({ value: one, label: one }))]}
      value={typeof value === 'number' || typeof value === 'string' ? String(value) : ''}
      onChange={(event) => {
        const { value: chosen } = event.currentTarget;
        change(chosen !== '' && field.type !== 'string' ? Number(chosen) : chosen);
      }}
    />
  );
}

function boundsOf({ minimum, maximum }: SchemaField): string | undefined {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (minimum !== undefined) return `from ${minimum}`;
  return maximum === undefined ? undefined : `up to ${maximum}`;
}
