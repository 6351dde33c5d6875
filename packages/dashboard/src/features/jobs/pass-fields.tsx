import { Button, Group, NativeSelect, Paper, Stack, Text, TextInput } from '@mantine/core';
import type { Job } from 'job-trigger-contract';
import { fieldAt, fieldId, type Errors } from '../../lib/field-errors.ts';

type Pass = NonNullable<Job['depends_on']>['pass'];

interface PassFieldsProps {
  readonly pass: Pass;
  /** Names of the job's parameters. */
  readonly parameters: readonly string[];
  /** The jobs that it waits for. */
  readonly jobs: readonly { readonly value: string; readonly label: string }[];
  readonly errors: Errors;
  readonly change: (next: Pass) => void;
}

/** A name that is not there any more stays to be seen. */
const withOwn = (names: readonly string[], own: string): string[] =>
  names.includes(own) ? [...names] : [own, ...names];

/** Parameters that take their values from what its jobs came to. */
export function PassFields({ pass, parameters, jobs, errors, change }: PassFieldsProps) {
  const replace = (place: number, next: Pass[number] | null): void =>
    change(pass.flatMap((one, at) => (at !== place ? [one] : next === null ? [] : [next])));
  const [job] = jobs;
  const free = parameters.find((name) => !pass.some(({ parameter }) => parameter === name));
  return (
    <Stack gap="xs" id={fieldId('depends_on.pass')} tabIndex={-1}>
      <Text size="sm" fw={600}>
        Values from results
      </Text>
      <Text size="xs" c="dimmed">
        {parameters.length === 0
          ? 'A parameter can take its value from the result of a job that it waits for. This job has no parameters yet.'
          : 'Where its jobs start it, a parameter takes its value from their result. Without one it has its default; one that is required and has none keeps the job from starting.'}
      </Text>
      {pass.map((one, place) => {
        const path = `depends_on.pass.${place}`;
        return (
          <Paper
            // A value is known by its place alone.
            key={place}
            withBorder
            p="xs"
            component="section"
            aria-label={`Value ${place + 1}`}
            id={fieldId(path)}
            tabIndex={-1}
          >
            <Group align="flex-start" gap="sm">
              <NativeSelect
                label="Parameter"
                flex={1}
                miw={140}
                data={withOwn(parameters, one.parameter)}
                value={one.parameter}
                onChange={(event) => replace(place, { ...one, parameter: event.currentTarget.value })}
                {...fieldAt(errors, `${path}.parameter`)}
              />
              <NativeSelect
                label="From the result of"
                flex={1}
                miw={140}
                data={[...jobs]}
                value={one.job_id}
                onChange={(event) => replace(place, { ...one, job_id: event.currentTarget.value })}
                {...fieldAt(errors, `${path}.job_id`)}
              />
              <TextInput
                label="Field"
                placeholder="file, files.0.name"
                flex={1}
                miw={140}
                value={one.field}
                onChange={(event) => replace(place, { ...one, field: event.currentTarget.value })}
                {...fieldAt(errors, `${path}.field`)}
              />
              <Button
                size="xs"
                mt={28}
                variant="default"
                onClick={() => replace(place, null)}
                aria-label={`Remove value ${place + 1}`}
              >
                Remove
              </Button>
            </Group>
          </Paper>
        );
      })}
      {free === undefined || job === undefined ? null : (
        <Group>
          <Button
            variant="default"
            size="xs"
            onClick={() => change([...pass, { parameter: free, job_id: job.value, field: free }])}
          >
            Add a value
          </Button>
        </Group>
      )}
    </Stack>
  );
}
