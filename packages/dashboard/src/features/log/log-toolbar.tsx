import { ActionIcon, Button, Checkbox, Group, NativeSelect, Text, TextInput, Tooltip } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconDownload } from '@tabler/icons-react';
import type { KeyboardEvent, RefObject } from 'react';
import type { Times } from './log-line-row.tsx';
import type { LogSearch } from './use-log-search.ts';

interface LogToolbarProps {
  readonly search: LogSearch;
  readonly searchField: RefObject<HTMLInputElement | null>;
  readonly onStep: (direction: 1 | -1) => void;
  readonly follow: boolean | null;
  readonly onFollow: (on: boolean) => void;
  readonly wrap: boolean;
  readonly onWrap: (on: boolean) => void;
  readonly times: Times;
  readonly onTimes: (times: Times) => void;
  readonly firstErrorLine: number | null;
  readonly onFirstError: (line: number) => void;
  readonly onCopy: () => void;
  readonly copyLabel: string;
  readonly download: string;
}

/** What can be done with a log; the keys stand in the hints. */
export function LogToolbar(props: LogToolbarProps) {
  const {
    search,
    searchField,
    onStep,
    follow,
    onFollow,
    wrap,
    onWrap,
    times,
    onTimes,
    firstErrorLine,
    onFirstError,
    onCopy,
    copyLabel,
    download,
  } = props;
  function key(event: KeyboardEvent<HTMLInputElement>): void {
    if (event.key === 'Enter') onStep(event.shiftKey ? -1 : 1);
    if (event.key === 'Escape') search.setText('');
  }
  return (
    <Group gap="sm" mb="xs" align="center">
      <TextInput
        ref={searchField}
        size="xs"
        className="jtp-log-search"
        aria-label="Search the whole log"
        placeholder="Search the whole log"
        value={search.text}
        onChange={(event) => search.setText(event.currentTarget.value)}
        onKeyDown={key}
      />
      <Group gap={4}>
        <Tooltip label="Previous hit (N)">
          <ActionIcon
            variant="default"
            size="md"
            aria-label="Previous hit"
            disabled={search.lines.length === 0}
            onClick={() => onStep(-1)}
          >
            <IconChevronUp size={16} aria-hidden="true" />
          </ActionIcon>
        </Tooltip>
        <Tooltip label="Next hit (n)">
          <ActionIcon
            variant="default"
            size="md"
            aria-label="Next hit"
            disabled={search.lines.length === 0}
            onClick={() => onStep(1)}
          >
            <IconChevronDown size={16} aria-hidden="true" />
          </ActionIcon>
        </Tooltip>
      </Group>
      <Text size="xs" component="output" className="jtp-figures">
        {search.words}
      </Text>
      <Checkbox
        size="xs"
        label="Ignore case"
        checked={search.ignoreCase}
        onChange={(event) => search.setIgnoreCase(event.currentTarget.checked)}
      />
      {follow === null ? null : (
        <Checkbox
          size="xs"
          label="Follow (f)"
          checked={follow}
          onChange={(event) => onFollow(event.currentTarget.checked)}
        />
      )}
      <Checkbox size="xs" label="Wrap (w)" checked={wrap} onChange={(event) => onWrap(event.currentTarget.checked)} />
      <NativeSelect
        size="xs"
        aria-label="Times"
        value={times}
        data={[
          { value: 'none', label: 'No times' },
          { value: 'elapsed', label: 'Elapsed' },
          { value: 'clock', label: 'Clock' },
        ]}
        onChange={(event) => onTimes(event.currentTarget.value as Times)}
      />
      {firstErrorLine === null ? null : (
        <Button size="xs" variant="default" onClick={() => onFirstError(firstErrorLine)}>
          First error
        </Button>
      )}
      <Button size="xs" variant="default" onClick={onCopy}>
        {copyLabel}
      </Button>
      <Button
        size="xs"
        variant="default"
        component="a"
        href={download}
        download
        leftSection={<IconDownload size={14} aria-hidden="true" />}
      >
        Download
      </Button>
    </Group>
  );
}
