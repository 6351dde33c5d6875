import { NativeSelect, Text, Textarea, TextInput } from '@mantine/core';
import type { SecretList } from 'job-trigger-contract';
import { messageAt, type Errors } from '../../lib/field-errors.ts';
import { offOf, providerLabels, referenceHints, type Provider, type ValueDraft } from './secret-words.ts';

interface ValueFieldsProps {
  readonly draft: ValueDraft;
  readonly set: (changes: Partial<ValueDraft>) => void;
  readonly errors: Errors;
  readonly providers: SecretList['providers'];
}

/** Short values are saved and shown where they turn up: better told before than after. */
function shortRemark(value: string): string | null {
  const { length } = Array.from(value.trim());
  return length > 0 && length < 6 ? 'Shorter than 6 characters: it will not be masked in logs.' : null;
}

/** Where the value comes from, and the value itself where it is kept here. It is never shown again. */
export function ValueFields({ draft, set, errors, providers }: ValueFieldsProps) {
  const { provider, value, reference, expires } = draft;
  const off = offOf(providers, provider);
  const remark = shortRemark(value);
  return (
    <>
      <NativeSelect
        label="Where the value lies"
        data={(Object.keys(providerLabels) as Provider[]).map((one) => ({ value: one, label: providerLabels[one] }))}
        value={provider}
        error={messageAt(errors, 'provider')}
        onChange={(event) => set({ provider: event.currentTarget.value as Provider })}
      />
      {off === null ? null : (
        <Text size="sm" c="dimmed">
          Off in this installation: {off}.
        </Text>
      )}
      {provider === 'local' ? (
        <Textarea
          label="Value"
          description="Nobody is shown it again. Several lines are kept as they are."
          required
          autosize
          minRows={1}
          maxRows={8}
          autoComplete="off"
          spellCheck={false}
          className="jtp-secret-value"
          value={value}
          error={messageAt(errors, 'value')}
          onChange={(event) => set({ value: event.currentTarget.value })}
        />
      ) : (
        <TextInput
          label={referenceHints[provider].label}
          description={referenceHints[provider].text}
          placeholder={referenceHints[provider].example}
          required
          value={reference}
          error={messageAt(errors, 'reference')}
          onChange={(event) => set({ reference: event.currentTarget.value })}
        />
      )}
      {provider === 'local' && remark !== null ? (
        <Text size="sm" component="output">
          {remark}
        </Text>
      ) : null}
      <TextInput
        label="Expires"
        description="A reminder here and under Attention, two weeks before; runs go on."
        type="date"
        value={expires}
        error={messageAt(errors, 'expires_at')}
        onChange={(event) => set({ expires: event.currentTarget.value })}
      />
    </>
  );
}
