import { Combobox, Group, Modal, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { api } from '../lib/api.ts';
import { choicesFor, jobsCalled } from './palette-choices.ts';

interface PaletteProps {
  readonly close: () => void;
  readonly isAdmin: boolean;
}

/** Goes anywhere by typing: pages, jobs by part of their name, a run by its id. */
export function Palette({ close, isAdmin }: PaletteProps) {
  const navigate = useNavigate();
  const list = useCombobox({ opened: true });
  const [text, setText] = useState('');
  const [search] = useDebouncedValue(text.trim(), 120);
  const jobs = useQuery({
    queryKey: ['jobs', 'palette', search],
    queryFn: ({ signal }) => jobsCalled(api, search, signal),
    placeholderData: (before) => before,
  });
  const choices = choicesFor(text, jobs.data?.items ?? [], isAdmin);
  const first = choices[0]?.key;
  const { selectFirstOption } = list;
  useEffect(() => {
    selectFirstOption();
  }, [first, selectFirstOption]);

  function go(key: string): void {
    const choice = choices.find((one) => one.key === key);
    if (choice === undefined) return;
    close();
    void navigate(choice.target);
  }
  return (
    <Modal opened onClose={close} withCloseButton={false} size="lg" padding="sm" yOffset="12vh">
      <Combobox store={list} onOptionSubmit={go}>
        <Combobox.EventsTarget>
          <TextInput
            aria-label="Go to"
            placeholder="A page, a job, the id of a run"
            size="md"
            data-autofocus
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        </Combobox.EventsTarget>
        <Combobox.Options mt="xs" mah="50vh" className="jtp-palette">
          {choices.map(({ key, label, hint }) => (
            <Combobox.Option key={key} value={key}>
              <Group justify="space-between" wrap="nowrap">
                <span className="jtp-cell-name">{label}</span>
                <Text size="xs" c="inherit" component="span">
                  {hint}
                </Text>
              </Group>
            </Combobox.Option>
          ))}
          {choices.length === 0 ? (
            <Combobox.Empty>{jobs.isFetching ? 'Looking …' : `Nothing is called “${text.trim()}”.`}</Combobox.Empty>
          ) : null}
        </Combobox.Options>
      </Combobox>
    </Modal>
  );
}
