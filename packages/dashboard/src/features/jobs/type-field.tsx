import { NativeSelect, SegmentedControl } from '@mantine/core';
import { fieldAt } from '../../lib/field-errors.ts';
import type { FieldsProps } from './fields.ts';
import { isPluginType } from './job-draft.ts';
import { asPlugin } from './plugin-fields.tsx';
import { useJobTypes } from './use-job-types.ts';

/** What kind of job it is: the types that come with the product, and those of plugins where there are any. */
export function TypeField({ draft, set, errors, allowed }: FieldsProps & { readonly allowed: boolean }) {
  const known = useJobTypes();
  const types = [
    { value: 'script', label: 'Script' },
    { value: 'http', label: 'HTTP call' },
    ...(allowed || draft.type === 'command' ? [{ value: 'command', label: 'Command' }] : []),
    ...(draft.type === 'function' ? [{ value: 'function', label: 'Function' }] : []),
  ];
  const added = (known.data?.items ?? []).filter(({ origin }) => origin !== 'built_in');
  const plugins = added.map(({ id, label }) => ({ value: id, label }));
  // A job may be of a type whose plugin is gone.
  if (isPluginType(draft.type) && !added.some(({ id }) => id === draft.type))
    plugins.push({ value: draft.type, label: draft.type });
  function choose(id: string): void {
    const plugin = added.find((type) => type.id === id);
    set(plugin === undefined ? { type: id } : asPlugin(draft, plugin));
  }
  if (plugins.length === 0)
    return (
      <SegmentedControl className="jtp-start" aria-label="Type" data={types} value={draft.type} onChange={choose} />
    );
  return (
    <NativeSelect
      label="Type"
      maw={320}
      data={[
        { group: 'Built in', items: types },
        { group: 'Plugins', items: plugins },
      ]}
      value={draft.type}
      onChange={(event) => choose(event.currentTarget.value)}
      {...fieldAt(errors, 'type')}
    />
  );
}
