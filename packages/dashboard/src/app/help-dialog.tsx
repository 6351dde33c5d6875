import { Kbd, Modal, Table } from '@mantine/core';
import { attentionKeys } from '../features/attention/use-attention-keys.ts';
import { reviewKeys } from '../features/scripts/use-review-keys.ts';
import { places } from './navigation.ts';

const keys: readonly (readonly [string, string])[] = [
  ...places.flatMap(({ key, label }) => (key === undefined ? [] : [[`g ${key}`, `Go to ${label}`] as const])),
  ['Ctrl K', 'Go to a page, a job or a run'],
  ['n', 'New job'],
  ['/', 'Search on this page'],
  ...attentionKeys,
  ...reviewKeys,
  ['?', 'This help'],
  ['Esc', 'Close'],
];

/** What the keys do. */
export function HelpDialog({ close }: { readonly close: () => void }) {
  return (
    <Modal opened onClose={close} title="Keys">
      <Table>
        <Table.Tbody>
          {keys.map(([key, act]) => (
            <Table.Tr key={act}>
              <Table.Td>
                <Kbd>{key}</Kbd>
              </Table.Td>
              <Table.Td>{act}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Modal>
  );
}
