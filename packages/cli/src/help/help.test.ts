import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { buildProgram, runCommandLine } from '../program.ts';
import type { Terminal } from '../terminal.ts';
import { commandsOf } from './add-help.ts';
import { examples } from './examples.ts';
import { topics } from './topics.ts';

function terminal(): { readonly terminal: Terminal; readonly said: { stdout: string; stderr: string } } {
  const said = { stdout: '', stderr: '' };
  return {
    said,
    terminal: {
      stdout: { write: (text) => (said.stdout += text) },
      stderr: { write: (text) => (said.stderr += text) },
      env: {},
      cwd: '/nowhere',
      readStdin: () => Promise.resolve(''),
    },
  };
}

async function jtp(...args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const { terminal: own, said } = terminal();
  return { status: await runCommandLine(args, own), ...said };
}

const named = commandsOf(buildProgram(terminal().terminal).program);

/** A line as a shell would split it; what comes behind `<` or `|` is the shell's. */
function split(line: string): string[] {
  const words = [...(line.split(/ [<|] /)[0]?.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g) ?? [])];
  return words.map(([, double, single, bare]) => double ?? single ?? bare ?? '');
}

/** Reads a command line as the program does, and carries nothing out. */
async function read(line: string): Promise<string> {
  const { program } = buildProgram(terminal().terminal);
  let asked = 'nothing';
  for (const { words, command } of commandsOf(program)) {
    const isGroup = (command as Command & { _actionHandler?: unknown })._actionHandler === null;
    if (!isGroup) command.action(() => void (asked = words));
  }
  const [first, ...args] = split(line);
  expect(first).toBe('jtp');
  await program.parseAsync(['node', 'jtp', ...args]);
  return asked;
}

test('every command has two examples, and no example is without its command', () => {
  expect(Object.keys(examples).sort()).toEqual(named.map(({ words }) => words).sort());
});

describe.each(Object.entries(examples))('the examples of "%s"', (words, lines) => {
  test.each(lines)('%s', async (line) => {
    const asked = await read(line);
    expect(`${asked} `.startsWith(`${words} `) || words === '', `${line} asks for ${asked}`).toBe(true);
  });
});

test.each(named.map(({ words }) => [words]))(
  'jtp help %s describes itself and ends with its examples',
  async (words) => {
    const { status, stdout, stderr } = await jtp(...words.split(' ').filter((word) => word !== ''), '--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout.trimEnd().endsWith(examples[words]?.join('\n  ') ?? 'none')).toBe(true);
    expect(named.find((each) => each.words === words)?.command.description()).toMatch(/^[A-Z].*\.$/);
    if (words !== '') expect(await jtp('help', ...words.split(' '))).toEqual({ status, stdout, stderr });
  },
);

test('without a command nothing starts: the help stands on stderr, and the status is that of wrong usage', async () => {
  const { status, stdout, stderr } = await jtp();
  expect([status, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^Usage: jtp [^]*jtp start/);
});

test('each flag of each command says what it does', () => {
  const silent = named.flatMap(({ words, command }) =>
    command.options.filter(({ description }) => description === '').map(({ flags }) => `${words} ${flags}`),
  );
  expect(silent).toEqual([]);
});

describe('topics', () => {
  test.each([
    ['exit-codes', /^ {2}5 {2}Timed out: /m],
    ['environment', /^ {2}JOB_PORTAL_PORT +Port the portal listens on/m],
    ['environment', /^ {2}JTP_FENCE /m],
    ['time', /2030-01-31T09:00:00Z/],
    ['reasons', /^ {2}overlap +An earlier run was still active\.$/m],
  ])('jtp help %s', async (topic, words) => {
    const { status, stdout } = await jtp('help', topic);
    expect(status).toBe(0);
    expect(stdout).toMatch(words);
  });

  test('are named at the end of the help', async () => {
    const { stdout } = await jtp('--help');
    for (const topic of Object.keys(topics)) expect(stdout).toContain(`jtp help ${topic}`);
  });

  test('one that does not exist ends with 2 and names those that do', async () => {
    const { status, stdout, stderr } = await jtp('help', 'cooking');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain('exit-codes, environment, time, reasons');
  });
});
