import { changeableKeys, settingTable, type SettingDefinition } from 'job-trigger-core';
import { programVariables } from '../../packages/cli/src/help/topics.ts';
import { code, page, table } from './markdown.ts';

function defaultText({ default: value }: SettingDefinition): string {
  if (value === null) return '';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map((each) => code(String(each))).join(' ');
  return code(JSON.stringify(value).replaceAll('"', ''));
}

const kinds: Readonly<Record<SettingDefinition['kind'], string>> = {
  whole: 'whole number',
  number: 'number',
  flag: '`true` or `false`',
  text: 'text',
  list: 'list of texts',
  records: 'list; JSON in the variable',
};

function rangeText({ kind, least, most }: SettingDefinition): string {
  return least === undefined || most === undefined ? kinds[kind] : `${kinds[kind]}, ${least} to ${most}`;
}

function meaning({ key, description, secret }: SettingDefinition): string {
  if (changeableKeys.includes(key)) return `${description} *Changes while it runs.*`;
  return secret === true ? `${description} Secret: never shown; a file may hold it.` : description;
}

const example = `\`\`\`yaml
server:
  port: 8090
security:
  outgoing_allow: [10.0.0.0/8, intranet.example]
\`\`\``;

export function configurationPage(): string {
  const sections = Map.groupBy(settingTable, ({ key }) => (key.includes('.') ? (key.split('.')[0] ?? '') : 'general'));
  const tables = [...sections].map(([name, settings]) => {
    const rows = settings.map((setting) => [
      code(setting.key),
      code(`JOB_PORTAL_${setting.variable}`),
      defaultText(setting),
      rangeText(setting),
      meaning(setting),
    ]);
    return `## ${name}\n\n${table(['key', 'variable', 'default', 'takes', 'meaning'], rows)}`;
  });
  const others = Object.entries(programVariables).map(([name, text]) => [code(name), text]);
  return page('Configuration', 'packages/core/src/config/setting-table.ts', [
    'A flag wins over the environment, the environment over `config.yaml`, that over the settings page, which changes those\nthat are marked [while everything runs](../how-to/change-settings.md), and that over the default. `config.yaml` is looked for in\nthe working folder, then in the data folder; `--config FILE` or `JOB_PORTAL_CONFIG` names another. Lines of `./.env` fill\nsettings that are not set. `jtp config show --origin` tells each value in force and where it comes from. What cannot be used\nis refused at the start, with its key and its source.',
    `The part of a key before the dot is a section of the file:\n\n${example}`,
    'In a variable a list is separated by commas. Where a value is secret, the variable with `_FILE` behind its name may name a\nfile that holds it. An empty variable counts as absent.',
    ...tables,
    `## Between settings\n\n- \`worker.heartbeat_seconds\` is at most a third of \`worker.lease_seconds\`, and of \`worker.lost_after_seconds\` less 15.\n- \`worker.lost_after_seconds\` is at least \`worker.lease_seconds\` and 5 more; \`worker.offline_seconds\` is no less than it.`,
    `## Variables that are no settings\n\n${table(['variable', 'meaning'], others)}`,
  ]);
}
