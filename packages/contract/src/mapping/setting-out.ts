import type { PersonSetting, SettingInForce } from 'job-trigger-core';
import type { PersonSettingShape, SettingShape } from '../shapes/setting.ts';

/** `breaker: { consecutive: 5 }`, as YAML and JSON alike read it. */
function yamlOf(key: string, value: unknown): string {
  const written = value === '(set)' || value === null ? '…' : JSON.stringify(value);
  return key
    .split('.')
    .reverse()
    .reduce((inner, name, at) => (at === 0 ? `${name}: ${inner}` : `${name}: { ${inner} }`), written);
}

function variableOf(variable: string, value: unknown): string {
  const plain = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  const written = Array.isArray(value) ? value.join(',') : plain;
  return `${variable}=${value === '(set)' ? '…' : written}`;
}

export function settingToWire({ page = null, ...setting }: SettingInForce): SettingShape {
  const { key, value, source, changeable, variable } = setting;
  const isVariable = source === variable || source.startsWith(`${variable}_`);
  return {
    ...setting,
    editable: changeable && (source === 'default' || source === 'page'),
    page,
    line: isVariable ? variableOf(source, value) : yamlOf(key, value),
  };
}

export const personSettingToWire = (setting: PersonSetting): PersonSettingShape => ({ ...setting });
