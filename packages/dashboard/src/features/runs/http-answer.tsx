import { Code, Stack, Table, Text } from '@mantine/core';
import { IconCheck, IconX } from '@tabler/icons-react';

interface Verdict {
  readonly check: string;
  readonly ok: boolean;
  readonly found: string | null;
}

/** What an HTTP job leaves as its result. */
interface Answer {
  readonly status: number;
  readonly duration_ms: number;
  readonly bytes: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly assertions?: readonly Verdict[];
}

function isAnswer(result: unknown): result is Answer {
  if (typeof result !== 'object' || result === null) return false;
  const { status, duration_ms: took, headers } = result as Partial<Answer>;
  return typeof status === 'number' && typeof took === 'number' && typeof headers === 'object';
}

/** The answer to a request, with each thing that was asked of it; nothing for other results. */
export function HttpAnswer({ result }: { readonly result: unknown }) {
  if (!isAnswer(result)) return null;
  const { status, duration_ms: took, bytes, headers, assertions = [] } = result;
  return (
    <Stack gap="xs" data-part="http-answer">
      <Text size="sm">
        <b>HTTP {status}</b> in {took} ms, {bytes} {bytes === 1 ? 'byte' : 'bytes'}
      </Text>
      {assertions.length === 0 ? null : (
        <ul className="jtp-verdicts" aria-label="Assertions">
          {assertions.map(({ check, ok, found }) => (
            <li key={check} className={ok ? 'jtp-state-success' : 'jtp-state-failed'}>
              {ok ? <IconCheck size={16} aria-hidden="true" /> : <IconX size={16} aria-hidden="true" />}
              <span>
                {ok ? 'Holds: ' : 'Not so: '}
                {check}
                {found === null ? '' : `. ${found}`}
              </span>
            </li>
          ))}
        </ul>
      )}
      <details>
        <summary>Headers ({Object.keys(headers).length})</summary>
        <Table>
          <Table.Tbody>
            {Object.entries(headers).map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Th scope="row">
                  <Code>{name}</Code>
                </Table.Th>
                <Table.Td className="jtp-anywhere">{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </details>
    </Stack>
  );
}
