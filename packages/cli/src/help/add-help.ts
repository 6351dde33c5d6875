/** Examples under every command's help, and `jtp help` for commands and topics. */
import type { Command } from 'commander';
import { CommandError, exitStatus } from '../exit-status.ts';
import type { Terminal } from '../terminal.ts';
import { examples } from './examples.ts';
import { topics } from './topics.ts';

/** A command with the words that name it, `jobs create`; the program itself has none. */
export interface NamedCommand {
  readonly words: string;
  readonly command: Command;
}

/** The whole tree in the order in which it was built. */
export function commandsOf(command: Command, words: readonly string[] = []): NamedCommand[] {
  return [
    { words: words.join(' '), command },
    ...command.commands.flatMap((inner) => commandsOf(inner, [...words, inner.name()])),
  ];
}

function showHelp(program: Command, terminal: Terminal, words: readonly string[]): void {
  const name = words.join(' ');
  const topic = Object.hasOwn(topics, name) ? topics[name] : undefined;
  if (topic !== undefined) {
    terminal.stdout.write(`${topic.text()}\n`);
    return;
  }
  const found = commandsOf(program).find((each) => each.words === name);
  if (found === undefined) {
    const known = Object.keys(topics).join(', ');
    throw new CommandError(
      exitStatus.usage,
      `There is no help on '${name}'.`,
      `Name a command, or one of the topics ${known}.`,
    );
  }
  found.command.outputHelp();
}

export function addHelp(program: Command, terminal: Terminal): void {
  program.helpCommand(false);
  program
    .command('help [words...]')
    .description('Help on a command or a topic.')
    .action((words: readonly string[]) => showHelp(program, terminal, words));
  const list = Object.entries(topics).map(([name, { summary }]) => `  jtp help ${name.padEnd(12)} ${summary}`);
  program.addHelpText('after', `\nTopics:\n${list.join('\n')}`);
  for (const { words, command } of commandsOf(program)) {
    if (words !== '') command.helpCommand(false);
    const lines = examples[words];
    if (lines !== undefined)
      command.addHelpText('after', `\nExamples:\n${lines.map((line) => `  ${line}`).join('\n')}`);
  }
}
