import { buildProgram } from '../../packages/cli/src/program.ts';
import { exitMeanings, exitStatus } from '../../packages/cli/src/exit-status.ts';
import { commandsOf, type NamedCommand } from '../../packages/cli/src/help/add-help.ts';
import { examples } from '../../packages/cli/src/help/examples.ts';
import { topics } from '../../packages/cli/src/help/topics.ts';
import { code, page, table } from './markdown.ts';

/** The tree is only read: nobody listens, and nothing is asked. */
const nobody = {
  stdout: { write: () => true },
  stderr: { write: () => true },
  env: {},
  cwd: '.',
  readStdin: () => Promise.resolve(''),
};

function flagsOf({ command }: NamedCommand): string {
  if (command.options.length === 0) return '';
  const rows = command.options.map(({ flags, description, mandatory }) => [
    code(flags),
    mandatory ? `${description} (needed)` : description,
  ]);
  return table(['flag', 'meaning'], rows);
}

function sectionOf(named: NamedCommand): string {
  const { words, command } = named;
  const takes = command.registeredArguments.map((argument) => {
    const name = argument.variadic ? `${argument.name()}...` : argument.name();
    return argument.required ? ` <${name}>` : ` [${name}]`;
  });
  const isGroup = command.commands.length > 0;
  const heading = `### jtp ${words}`;
  const inner = command.commands.map((each) => code(`jtp ${words} ${each.name()}`)).join(', ');
  const shown = (examples[words] ?? []).join('\n');
  return [
    heading,
    isGroup
      ? `${command.description()} Has ${inner}.`
      : `${code(`jtp ${words}${takes.join('')}`)}: ${command.description()}`,
    ...(isGroup ? [] : [flagsOf(named), `\`\`\`text\n${shown}\n\`\`\``]),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

export function cliPage(): string {
  const [root, ...commands] = commandsOf(buildProgram(nobody).program);
  if (root === undefined) throw new Error('the program has no commands');
  const statuses = Object.entries(exitMeanings).map(([name, meaning]) => [
    String(exitStatus[name as keyof typeof exitStatus]),
    meaning,
  ]);
  const helps = Object.entries(topics).map(([name, { summary }]) => [code(`jtp help ${name}`), summary]);
  return page('Command line', 'packages/cli/src', [
    'From a clone `jtp` is `npm run -s jtp --`. Published it is `npx job-trigger-portal`, which without a command is `jtp start`;\n`jtp` without a command tells its help.\n\nWith `--server`, `JOB_PORTAL_SERVER` or a context of `jtp login` it talks to a server; without, it opens\nthe database of the settings and acts as the first administrator. Both ways give the same answers.',
    'Standard output is data, standard error is narration. On a terminal a list is an aligned table; in a pipe it is separated by\ntabs, without a heading, and nothing is cut. With `--json` it is the object of the API, and a failure is a problem document on\nstandard error.',
    `## Flags of every command\n\n${flagsOf(root)}`,
    `## Exit status\n\n${table(['status', 'meaning'], statuses)}`,
    `## Topics\n\n${table(['command', 'tells'], helps)}`,
    `## Commands\n\n${commands.map(sectionOf).join('\n\n')}`,
  ]);
}
