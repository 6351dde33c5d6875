import { Code, Text } from '@mantine/core';
import { PairsField } from '../../components/list-field.tsx';
import { fieldAt } from '../../lib/field-errors.ts';
import { useSecrets } from '../secrets/use-secrets.ts';
import { useMay } from '../runs/use-may.ts';
import type { FieldsProps } from './fields.ts';

/** Which secrets its runs are given, and by which names. */
export function SecretFields({ draft, set, errors }: FieldsProps) {
  const mayList = useMay('editor') === null;
  const { data } = useSecrets(mayList);
  const names = [...new Set((data?.items ?? []).map(({ name }) => name))];
  const [first] = draft.secrets;
  return (
    <>
      <PairsField
        label="Secrets"
        description={
          draft.type === 'http'
            ? 'A name of yours, and the secret that stands for it in headers and the body'
            : 'The variable, and the secret that a run is given in it; logs show *** in its place'
        }
        one="secret"
        pairs={draft.secrets}
        change={(secrets) => set({ secrets })}
        choices={names}
        {...fieldAt(errors, 'secrets')}
      />
      {draft.type === 'http' && first !== undefined ? (
        <Text size="sm" c="dimmed">
          Write it as <Code>{`{{secret.${first.name === '' ? 'NAME' : first.name}}}`}</Code>, for example in the header
          Authorization.
        </Text>
      ) : null}
    </>
  );
}
