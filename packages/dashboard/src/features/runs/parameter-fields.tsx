import { Anchor, Button, Group, NativeSelect, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ProblemError } from 'job-trigger-contract';
import { StateBadge } from '../../components/state-badge.tsx';
import { When } from '../../components/when.tsx';
import { api } from '../../lib/api.ts';
import { fieldAt, type Errors } from '../../lib/field-errors.ts';
import { fieldErrors } from '../../lib/problem.ts';
import { draftProblem, withValues, type ParameterDraft, type Values } from './parameter-draft.ts';
import { shortId, valueWords } from './run-words.ts';
import './runs.css';
import { base } from '../../lib/base.ts';

/** What the server said of each value, by `parameters.NAME`; nothing of other failures. */
export function valueErrors(error: unknown): Errors {
  return error instanceof ProblemError ? fieldErrors(error.problem) : {};
}

const hints: Readonly<Record<ParameterDraft['kind'], string | null>> = {
  text: null,
  number: 'A number',
  integer: 'A whole number',
  boolean: null,
};

/** What a person reads under a name: the author's words, then what the value must look like. */
function descriptionOf({ description, kind, choices, pattern }: ParameterDraft): string | null {
  const looks = choices === null ? hints[kind] : null;
  const parts = [description, looks, pattern === null ? null : `Looks like ${pattern}`];
  const said = parts.filter((part) => part !== null);
  return said.length === 0 ? null : said.join(' · ');
}

/** One parameter of a run. */
function ParameterField({
  draft,
  errors,
  onChange,
}: {
  readonly draft: ParameterDraft;
  readonly errors: Errors;
  readonly onChange: (text: string) => void;
}) {
  const { id, error } = fieldAt(errors, `parameters.${draft.name}`);
  const common = {
    id,
    label: draft.name,
    description: descriptionOf(draft),
    withAsterisk: draft.required,
    error: draftProblem(draft) ?? error,
    value: draft.text,
  };
  const choices = draft.kind === 'boolean' ? ['true', 'false'] : draft.choices;
  if (choices === null)
    return (
      <TextInput
        {...common}
        inputMode={draft.kind === 'text' ? 'text' : 'decimal'}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    );
  return (
    <NativeSelect
      {...common}
      data={draft.required && draft.text !== '' ? [...choices] : ['', ...choices]}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** Values that the job was run with lately: each leads to its run, and can be used again. */
function UsedLately({ jobId, use }: { readonly jobId: string; readonly use: (values: Values) => void }) {
  const history = useQuery({
    queryKey: ['runs', 'parameters', jobId],
    queryFn: () => api.jobParameters({ params: { id: jobId } }),
  });
  const items = history.data?.items ?? [];
  if (items.length === 0) return null;
  return (
    <details>
      <summary>Values used lately ({items.length})</summary>
      <Stack gap="xs" mt="xs" component="ul" className="jtp-used-values">
        {items.map(({ values, runs, last_run: last }) => (
          <Group key={last.id} component="li" justify="space-between" wrap="nowrap" align="flex-start">
            <div>
              <Text size="sm" className="jtp-anywhere">
                {valueWords(values)}
              </Text>
              <Group gap="xs">
                <StateBadge state={last.state} />
                <Anchor
                  size="xs"
                  href={`${base}/runs/${last.id}`}
                  target="_blank"
                  rel="noreferrer"
                  title="In a new tab"
                >
                  Run {shortId(last.id)}
                </Anchor>
                <Text size="xs" c="dimmed">
                  <When at={last.created_at} />
                  {runs === 1 ? '' : ` · ${runs} runs`}
                </Text>
              </Group>
            </div>
            <Button size="compact-sm" variant="default" className="jtp-keep-width" onClick={() => use(values)}>
              Use again
            </Button>
          </Group>
        ))}
      </Stack>
    </details>
  );
}

interface ParameterFieldsProps {
  readonly drafts: readonly ParameterDraft[];
  readonly change: (next: readonly ParameterDraft[]) => void;
  /** Of the server, as {@link valueErrors} has them. */
  readonly errors: Errors;
  /** Whose former values are offered; absent for a job that was never saved. */
  readonly jobId?: string;
}

/** The values of a run while they are being written. */
export function ParameterFields({ drafts, change, errors, jobId }: ParameterFieldsProps) {
  return (
    <>
      {drafts.map((draft) => (
        <ParameterField
          key={draft.name}
          draft={draft}
          errors={errors}
          onChange={(text) => change(drafts.map((one) => (one.name === draft.name ? { ...one, text } : one)))}
        />
      ))}
      {jobId === undefined || drafts.length === 0 ? null : (
        <UsedLately jobId={jobId} use={(values) => change(withValues(drafts, values))} />
      )}
    </>
  );
}
