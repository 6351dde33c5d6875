import { Autocomplete, Code, Group, NativeSelect, NumberInput, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../lib/api.ts';
import { useSession } from '../people/use-session.ts';
import { ListField, PairsField } from '../../components/list-field.tsx';
import { KeepFields } from './keep-fields.tsx';
import { fieldAt } from '../../lib/field-errors.ts';
import { AssertionFields } from './assertion-fields.tsx';
import type { FieldsProps } from './fields.ts';
import { PluginFields } from './plugin-fields.tsx';
import { SecretFields } from './secret-fields.tsx';
import { TypeField } from './type-field.tsx';
import { ScriptStandingLine } from '../scripts/script-standing.tsx';
import { useJobType } from './use-job-types.ts';

function ScriptFields({ draft, set, errors }: FieldsProps) {
  const scripts = useQuery({ queryKey: ['scripts'], queryFn: () => api.listScripts() });
  const descriptions = new Map((scripts.data?.items ?? []).map(({ path, description }) => [path, description]));
  const known = descriptions.has(draft.script);
  const content = useQuery({
    queryKey: ['script', draft.script],
    queryFn: () => api.readScript({ query: { path: draft.script } }),
    enabled: known,
  });
  return (
    <>
      <Autocomplete
        label="Script"
        description={`A file of ${scripts.data?.folder ?? 'the scripts folder'}`}
        data={[...descriptions.keys()]}
        renderOption={({ option: { value } }) => (
          <div>
            <Text size="sm">{value}</Text>
            <Text size="xs" c="dimmed">
              {descriptions.get(value) ?? ''}
            </Text>
          </div>
        )}
        maxDropdownHeight={360}
        value={draft.script}
        onChange={(script) => set({ script })}
        {...fieldAt(errors, 'config.script')}
        required
      />
      {known && typeof descriptions.get(draft.script) === 'string' ? (
        <Text size="sm" c="dimmed">
          {descriptions.get(draft.script)}
        </Text>
      ) : null}
      <ScriptStandingLine path={draft.script} />
      {content.data === undefined ? null : (
        <details>
          <summary>Look at {draft.script}</summary>
          <Code block mah={320} className="jtp-scroll" tabIndex={0}>
            {content.data.text}
          </Code>
        </details>
      )}
      <ListField
        label="Arguments"
        description="Each reaches the script as it is; spaces stay inside"
        one="argument"
        values={draft.args}
        change={(args) => set({ args })}
        {...fieldAt(errors, 'config.args')}
      />
    </>
  );
}

function HttpFields({ draft, set, errors }: FieldsProps) {
  return (
    <>
      <Group align="flex-end" wrap="nowrap">
        <NativeSelect
          label="Method"
          data={['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']}
          value={draft.method}
          onChange={(event) => set({ method: event.currentTarget.value })}
        />
        <TextInput
          label="URL"
          flex={1}
          required
          value={draft.url}
          onChange={(event) => set({ url: event.currentTarget.value })}
          {...fieldAt(errors, 'config.url')}
        />
      </Group>
      <PairsField
        label="Headers"
        one="header"
        pairs={draft.headers}
        change={(headers) => set({ headers })}
        {...fieldAt(errors, 'config.headers')}
      />
      <Textarea
        label="Body"
        autosize
        minRows={2}
        value={draft.body}
        onChange={(event) => set({ body: event.currentTarget.value })}
        {...fieldAt(errors, 'config.body')}
      />
      <TextInput
        label="Expected status"
        description="Such as 200, 204; any 2xx when empty"
        value={draft.expectedStatus}
        onChange={(event) => set({ expectedStatus: event.currentTarget.value })}
        {...fieldAt(errors, 'config.expected_status')}
      />
      <AssertionFields assertions={draft.assertions} change={(assertions) => set({ assertions })} errors={errors} />
    </>
  );
}

function PlaceFields({ draft, set, errors }: FieldsProps) {
  return (
    <>
      <PairsField
        label="Environment"
        description="Kept in the definition, readable by everyone who may see the job"
        one="variable"
        pairs={draft.env}
        change={(env) => set({ env })}
        {...fieldAt(errors, 'config.env')}
      />
      <TextInput
        label="Working folder"
        description="The scripts folder when empty"
        value={draft.workingDir}
        onChange={(event) => set({ workingDir: event.currentTarget.value })}
        {...fieldAt(errors, 'config.working_dir')}
      />
    </>
  );
}

/** The configuration, as the type of the job asks for it. */
function TargetFields(props: FieldsProps) {
  const { draft, set, errors } = props;
  switch (draft.type) {
    case 'script':
      return <ScriptFields {...props} />;
    case 'http':
      return <HttpFields {...props} />;
    case 'command':
      return (
        <ListField
          label="Program and arguments"
          description="The program first"
          one="argument"
          values={draft.argv}
          change={(argv) => set({ argv })}
          {...fieldAt(errors, 'config.argv')}
        />
      );
    case 'function':
      return (
        <TextInput
          label="Function"
          value={draft.functionName}
          onChange={(event) => set({ functionName: event.currentTarget.value })}
        />
      );
    default:
      return <PluginFields {...props} />;
  }
}

/** What is carried out, and within what bounds. */
export function RunFields(props: FieldsProps) {
  const { draft, set, errors } = props;
  const session = useSession();
  const allowed = session.data?.settings.command_allowed === true;
  const { data: type } = useJobType(draft.type);
  const isScript = draft.type === 'script' || draft.type === 'command';
  return (
    <Stack>
      <TypeField {...props} allowed={allowed} />
      <TargetFields {...props} />
      {isScript ? <PlaceFields {...props} /> : null}
      <SecretFields {...props} />
      <Group align="flex-start">
        <NumberInput
          label="Time-out (seconds)"
          description="When empty, the worker’s own limit holds: 300 unless JOB_PORTAL_WORKER_JOB_TIMEOUT says otherwise"
          min={1}
          // What was typed stays; too small a number is told of, not changed.
          clampBehavior="none"
          placeholder="300"
          value={draft.timeoutSeconds}
          onChange={(value) => set({ timeoutSeconds: value === '' ? '' : Number(value) })}
          {...fieldAt(errors, 'timeout_seconds')}
        />
        <NumberInput
          label="Grace before it is killed (seconds)"
          description="After SIGTERM"
          min={0}
          value={draft.killGraceSeconds}
          onChange={(value) => set({ killGraceSeconds: Number(value) })}
          {...fieldAt(errors, 'kill_grace_seconds')}
        />
      </Group>
      <KeepFields {...props} />
      {isScript || type?.origin === 'program' ? (
        <Group align="flex-end">
          <NativeSelect
            label="Output beyond the limit"
            data={[
              { value: 'truncate', label: 'Cut in the middle' },
              { value: 'fail', label: 'Ends the run as failed' },
              { value: 'throttle', label: 'Makes the job wait' },
            ]}
            value={draft.outputLimitPolicy}
            onChange={(event) =>
              set({ outputLimitPolicy: event.currentTarget.value as typeof draft.outputLimitPolicy })
            }
            {...fieldAt(errors, 'output_limit_policy')}
          />
          <NativeSelect
            label="Containment"
            description="How surely its processes are ended"
            data={[
              { value: '', label: 'Any worker' },
              { value: 'pidns', label: 'pidns: none can get away' },
              { value: 'cgroup', label: 'cgroup or better' },
              { value: 'pgid', label: 'pgid: best effort' },
            ]}
            value={draft.containment ?? ''}
            onChange={(event) => {
              const { value } = event.currentTarget;
              set({ containment: value === '' ? null : (value as NonNullable<typeof draft.containment>) });
            }}
            {...fieldAt(errors, 'containment')}
          />
        </Group>
      ) : null}
      {allowed ? null : (
        <Text size="xs" c="dimmed">
          Commands outside the scripts folder are off: <Code>security.allow_command</Code>
        </Text>
      )}
    </Stack>
  );
}
