import { Paper, ScrollArea, Stack, Table, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { SelectAll, SelectBox } from './select-box.tsx';
import type { Selection } from './use-selection.ts';

export interface RowColumn<T> {
  readonly title: string;
  readonly cell: (item: T) => ReactNode;
}

interface RowsProps<T> {
  /** What the table lists, for screen readers. */
  readonly label: string;
  readonly items: readonly T[];
  readonly columns: readonly RowColumn<T>[];
  readonly keyOf: (item: T) => string;
  /** Lets rows be chosen; `nameOf` says which one a box is of. */
  readonly selection?: Selection;
  readonly nameOf?: (item: T) => string;
}

/** A list as a table, and as cards on a phone. The first column names the item. */
export function Rows<T>({ label, items, columns, keyOf, selection, nameOf = keyOf }: RowsProps<T>) {
  const box = (item: T): ReactNode =>
    selection === undefined ? null : <SelectBox selection={selection} id={keyOf(item)} name={nameOf(item)} />;
  return (
    <>
      <ScrollArea
        className="jtp-table"
        type="auto"
        viewportProps={{ tabIndex: 0, 'aria-label': `Table of ${label.toLowerCase()}`, role: 'region' }}
      >
        <Table aria-label={label} verticalSpacing="xs" highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              {selection === undefined ? null : (
                <Table.Th scope="col" w={36}>
                  <SelectAll selection={selection} />
                </Table.Th>
              )}
              {columns.map(({ title }) => (
                <Table.Th key={title} scope="col">
                  {title}
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.map((item) => (
              <Table.Tr key={keyOf(item)} data-selected={selection?.ids.has(keyOf(item)) === true}>
                {selection === undefined ? null : <Table.Td>{box(item)}</Table.Td>}
                {columns.map(({ title, cell }) => (
                  <Table.Td key={title}>{cell(item)}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </ScrollArea>
      <Stack className="jtp-cards" component="ul">
        {items.map((item) => (
          <Paper key={keyOf(item)} withBorder p="sm" component="li" className="jtp-card">
            {box(item)}
            {columns.map(({ title, cell }, at) => (
              <div key={title} className="jtp-card-line">
                {at === 0 ? null : (
                  <Text size="xs" c="dimmed" component="span">
                    {title}
                  </Text>
                )}
                <div>{cell(item)}</div>
              </div>
            ))}
          </Paper>
        ))}
      </Stack>
    </>
  );
}
