import type { Job, Run } from 'job-trigger-contract';

/** By name. */
export type Values = Run['parameters'];
type Value = Values[string];

/** One parameter while it is being changed. */
export interface ParameterDraft {
  readonly name: string;
  readonly kind: 'text' | 'number' | 'integer' | 'boolean';
  readonly required: boolean;
  readonly choices: readonly string[] | null;
  /** What the text must match; the server tries it. */
  readonly pattern: string | null;
  readonly description: string | null;
  readonly text: string;
}

function kindOf(type: unknown, value: Value | undefined): ParameterDraft['kind'] {
  if (type === 'boolean' || typeof value === 'boolean') return 'boolean';
  if (type === 'integer') return 'integer';
  return type === 'number' || typeof value === 'number' ? 'number' : 'text';
}

const isValue = (value: unknown): value is NonNullable<Value> =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';

const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

const choicesOf = (choices: unknown): readonly string[] | null =>
  Array.isArray(choices) && choices.length > 0 ? choices.map(String) : null;

/** What the job declares, filled with what the run had; values that it no longer declares come last. */
export function draftsOf(
  run: Pick<Run, 'parameters'>,
  job: Pick<Job, 'parameters'> | undefined,
): readonly ParameterDraft[] {
  const declared = (job?.parameters ?? []).flatMap((one): ParameterDraft[] => {
    const name = one['name'];
    if (typeof name !== 'string') return [];
    const fallback = one['default'];
    const value = run.parameters[name] ?? (isValue(fallback) ? fallback : undefined);
    return [
      {
        name,
        kind: kindOf(one['type'], value),
        required: one['required'] === true,
        choices: choicesOf(one['choices']),
        pattern: textOrNull(one['pattern']),
        description: textOrNull(one['description']),
        text: value === undefined || value === null ? '' : String(value),
      },
    ];
  });
  const names = new Set(declared.map((one) => one.name));
  const others = Object.entries(run.parameters)
    .filter(([name]) => !names.has(name))
    .map(([name, value]): ParameterDraft => ({
      name,
      kind: kindOf(undefined, value),
      required: false,
      choices: null,
      pattern: null,
      description: null,
      text: value === null ? '' : String(value),
    }));
  return [...declared, ...others];
}

/** The same fields with the values of an earlier run; one that it was not given is left empty. */
export function withValues(drafts: readonly ParameterDraft[], values: Values): readonly ParameterDraft[] {
  return drafts.map((draft) => ({ ...draft, text: String(values[draft.name] ?? '') }));
}

/** What is wrong with a draft, in words; null when it can be sent. */
export function draftProblem({ kind, text, required }: ParameterDraft): string | null {
  if (text === '') return required ? 'A value is needed.' : null;
  if (kind === 'integer' && !Number.isSafeInteger(Number(text))) return 'This is no whole number.';
  return kind === 'number' && !Number.isFinite(Number(text)) ? 'This is no number.' : null;
}

/** Values to send; an empty field is left to the job's default. */
export function valuesOf(drafts: readonly ParameterDraft[]): Run['parameters'] {
  return Object.fromEntries(
    drafts
      .filter((draft) => draft.text !== '')
      .map(({ name, kind, text }) => [
        name,
        kind === 'number' || kind === 'integer' ? Number(text) : kind === 'boolean' ? text === 'true' : text,
      ]),
  );
}
