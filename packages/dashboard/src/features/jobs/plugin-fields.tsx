import { Alert, Code, Stack, Text } from '@mantine/core';
import type { JobTypeShape } from 'job-trigger-contract';
import { withRule, withKind } from '../schedule/schedule-draft.ts';
import type { FieldsProps } from './fields.ts';
import type { JobDraft } from './job-draft.ts';
import { configOf, startOf, type SchemaField } from './plugin-draft.ts';
import { useJobType } from './use-job-types.ts';
import { SchemaFields } from './schema-fields.tsx';

const schemaOf = ({ schema }: JobTypeShape): SchemaField => schema as unknown as SchemaField;

/** What changes in a draft that takes the type: its configuration begins anew, and its defaults fill what nobody wrote. */
export function asPlugin(draft: JobDraft, type: JobTypeShape): Partial<JobDraft> {
  const { schedule, retry, timeout_seconds: timeout } = type.defaults;
  const pluginConfig = startOf(schemaOf(type));
  return {
    type: type.id,
    pluginConfig,
    config: configOf(schemaOf(type), pluginConfig),
    ...(draft.retry === null && retry !== null
      ? { retry: { max_attempts: 3, strategy: 'fixed', delay_seconds: 300, ...retry } }
      : {}),
    ...(draft.timeoutSeconds === '' && timeout !== null ? { timeoutSeconds: timeout } : {}),
    ...(draft.schedules.length === 0 && schedule !== null
      ? { schedules: [withRule(withKind(null, 'daily'), schedule)] }
      : {}),
  };
}

/** The form of a plugin's type, or what is known of a job whose plugin is not there. */
export function PluginFields({ draft, set, errors }: FieldsProps) {
  const { data: type } = useJobType(draft.type);
  if (type === undefined) return null;
  if (type === null)
    return (
      <Alert color="orange" title={`The job type ${draft.type} is not loaded`}>
        <Text size="sm">
          The plugin that adds it is missing from the setting <Code>plugins</Code>, or could not be read: see Settings.
          The job keeps its configuration, and cannot be saved or run before the type is back.
        </Text>
        <Code block mt="xs">
          {JSON.stringify(draft.config, null, 2)}
        </Code>
      </Alert>
    );
  const schema = schemaOf(type);
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {type.description} Usually: {type.frequency_text}.
      </Text>
      {type.cannot_run === null ? null : (
        <Alert color="orange" title="The machine of this portal cannot run it">
          {type.cannot_run}. A worker elsewhere may.
        </Alert>
      )}
      <SchemaFields
        schema={schema}
        values={draft.pluginConfig}
        change={(pluginConfig) => set({ pluginConfig, config: configOf(schema, pluginConfig) })}
        errors={errors}
      />
    </Stack>
  );
}
