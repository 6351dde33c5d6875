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
import type { ReactNode } from 'react';
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

/** What every kind of input is given. */
interface Common {
  readonly label: string;
  readonly required: boolean;
  readonly description?: string;
  readonly id: string;
  readonly error: string | undefined;
}

interface InputProps extends Pick<OneFieldProps, 'field' | 'value' | 'change'> {
  readonly common: Common;
}

function OneField({ name, field, required, value, change, errors, path }: OneFieldProps) {
  const { description } = field;
  const described = description === undefined ? {} : { description };
  const common = { label: labelOf(name, field), required, ...described, ...fieldAt(errors, path) };
  if (isGroup(field))
    return (
      <Fieldset legend={common.label} id={common.id} tabIndex={-1}>
        <SchemaFields schema={field} values={(value ?? {}) as Values} change={change} errors={errors} path={path} />
      </Fieldset>
    );
  const Input = field.enum === undefined ? inputs[field.type] : ChoiceInput;
  return <Input common={common} field={field} value={value} change={change} />;
}

const inputs: Readonly<Record<SchemaField['type'], (props: InputProps) => ReactNode>> = {
  string: TextField,
  number: NumberField,
  integer: NumberField,
  boolean: FlagField,
  array: ItemsField,
  object: EntriesField,
};

function FlagField({ common: { required: _required, ...common }, value, change }: InputProps) {
  return <Switch {...common} checked={value === true} onChange={(event) => change(event.currentTarget.checked)} />;
}

function NumberField({ common, field, value, change }: InputProps) {
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
}

function ItemsField({ common, field, value, change }: InputProps) {
  const values = Array.isArray(value) ? value.map(String) : [];
  const { required, ...rows } = common;
  if (field.items?.enum === undefined) return <ListField {...rows} one="entry" values={values} change={change} />;
  return <MultiSelect {...rows} required={required} data={[...field.items.enum]} value={values} onChange={change} />;
}

function EntriesField({ common: { required: _required, ...rows }, value, change }: InputProps) {
  return <PairsField {...rows} one="entry" pairs={pairsOf(value)} change={change} />;
}

function TextField({ common, field, value, change }: InputProps) {
  const props = {
    ...common,
    value: typeof value === 'string' ? value : '',
    onChange: (event: { readonly currentTarget: { readonly value: string } }) => change(event.currentTarget.value),
  };
  if (field.format === 'multiline') return <Textarea {...props} autosize minRows={3} />;
  if (field.format === 'password') return <PasswordInput {...props} autoComplete="new-password" />;
  if (field.format === 'uri') return <TextInput {...props} type="url" placeholder="https://example.org/feed" />;
  return <TextInput {...props} />;
}

/** One of a few; an optional one without a default may stay open. */
function ChoiceInput({ common, field, value, change }: InputProps) {
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
