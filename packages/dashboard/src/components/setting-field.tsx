import { NumberInput, Switch, TextInput } from '@mantine/core';
import type { SettingShape } from 'job-trigger-contract';

/** `1 to 100`; null for what is no number, or has no bounds. */
export function rangeText({ least, most }: Pick<SettingShape, 'least' | 'most'>): string | null {
  if (least === null || most === null) return null;
  return `${least.toLocaleString('en')} to ${most.toLocaleString('en')}`;
}

interface SettingFieldProps {
  readonly setting: Pick<SettingShape, 'key' | 'kind' | 'least' | 'most'>;
  readonly label: string;
  readonly value: unknown;
  readonly error: string | undefined;
  /** In an empty field: what counts then. Without it a field that was emptied is wrong. */
  readonly common?: unknown;
  /** Null for an empty field. */
  readonly change: (value: number | boolean | string | null) => void;
}

/** The field of one setting, as its kind asks for. */
export function SettingField({ setting, label, value, error, common, change }: SettingFieldProps) {
  const { kind, least, most } = setting;
  if (kind === 'whole' || kind === 'number') {
    const range = rangeText(setting);
    return (
      <NumberInput
        label={label}
        description={range === null ? undefined : range}
        error={error}
        placeholder={common === undefined ? undefined : `${JSON.stringify(common)}, as everybody`}
        allowDecimal={kind === 'number'}
        clampBehavior="none"
        {...(least === null ? {} : { min: least })}
        {...(most === null ? {} : { max: most })}
        value={typeof value === 'number' ? value : ''}
        onChange={(next) => change(next === '' ? null : Number(next))}
      />
    );
  }
  if (kind === 'flag')
    return <Switch label={label} checked={value === true} onChange={(event) => change(event.currentTarget.checked)} />;
  return (
    <TextInput
      label={label}
      error={error}
      value={typeof value === 'string' ? value : ''}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}
