import { Code, Text } from '@mantine/core';
import type { SettingShape } from 'job-trigger-contract';
import { Described } from '../../components/described.tsx';
import { Rows } from '../../components/rows.tsx';
import { rangeText } from '../../components/setting-field.tsx';
import { ChangeSetting } from './change-setting.tsx';
import { lineText, shown, whyNotHere } from './setting-words.ts';

function Value({ setting }: { readonly setting: SettingShape }) {
  const range = rangeText(setting);
  const isDefault = shown(setting.value) === shown(setting.default);
  return (
    <>
      {setting.value === null ? (
        <Text size="sm" c="dimmed">
          not set
        </Text>
      ) : (
        <Code className="jtp-break">{shown(setting.value)}</Code>
      )}
      {isDefault || setting.default === null ? null : (
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          default {shown(setting.default)}
        </Text>
      )}
      {range === null ? null : (
        <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
          {range}
        </Text>
      )}
    </>
  );
}

function Origin({ setting }: { readonly setting: SettingShape }) {
  const why = whyNotHere(setting);
  return (
    <>
      <Text size="sm" className="jtp-break">
        {setting.source === 'page' ? 'this page' : setting.source}
      </Text>
      {why === null ? null : (
        <Text size="xs" c="dimmed" className="jtp-break">
          {why} {lineText(setting)}: <Code className="jtp-break">{setting.line}</Code>
        </Text>
      )}
    </>
  );
}

/** Settings with what they are, where they come from, and how each is changed. */
export function SettingList({ items }: { readonly items: readonly SettingShape[] }) {
  return (
    <Rows
      label="Settings"
      items={items}
      keyOf={(setting) => setting.key}
      columns={[
        {
          title: 'Setting',
          cell: ({ key, description }) => (
            <>
              <Code className="jtp-break">{key}</Code>
              <Text size="sm" mt={4}>
                <Described text={description} />
              </Text>
            </>
          ),
        },
        { title: 'Value', cell: (setting) => <Value setting={setting} /> },
        { title: 'Comes from', cell: (setting) => <Origin setting={setting} /> },
        {
          title: 'Act',
          cell: (setting) =>
            setting.editable ? (
              <ChangeSetting setting={setting} />
            ) : (
              <Text size="xs" c="dimmed">
                not here
              </Text>
            ),
        },
      ]}
    />
  );
}
