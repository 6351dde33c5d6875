import Anser from 'anser';

/** A stretch of a line in one style. `classes` are names of ours; the text is data and never markup. */
export interface LogSpan {
  readonly text: string;
  readonly classes: readonly string[];
}

const escape = '\\u001b';
/** Strings to a terminal (titles, links, device control), ended by BEL or ST, or by the end of the line. */
const commands = new RegExp(
  `(?:${escape}[\\]P^_X]|[\\u0090\\u0098\\u009d-\\u009f])[^\\u0007\\u001b\\u009c]*(?:\\u0007|${escape}\\\\|\\u009c)?`,
  'g',
);
/** Control sequences that are no colours: movement, clearing, modes. */
const movements = new RegExp(`${escape}\\[(?![0-9;:]*m)[0-?]*[ -/]*[@-~]?`, 'g');
const colours = new RegExp(`${escape}\\[[0-9;:]*m`, 'g');
/** Escapes of two or three characters, and a lone one. */
const others = new RegExp(`${escape}(?!\\[[0-9;]*m)[ -/]*[0-~]?`, 'g');
/** What would be drawn as nothing or as a box; tabs and carriage returns stay. Bidirectional overrides go too. */
const controls = new RegExp(`(?![\\t\\r${escape}])\\p{Cc}|[\\u202a-\\u202e\\u2066-\\u2069]`, 'gu');

const names = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

/** The nearest of the named colours, so that any colour a program asks for is legible in both themes. */
export function nearestColour(red: number, green: number, blue: number): string {
  const high = Math.max(red, green, blue);
  const low = Math.min(red, green, blue);
  if (high - low < 40) return high < 70 ? 'black' : high < 170 ? 'bright-black' : 'white';
  const middle = (high + low) / 2;
  const name = names[(red > middle ? 1 : 0) + (green > middle ? 2 : 0) + (blue > middle ? 4 : 0)] ?? 'white';
  return high > 215 ? `bright-${name}` : name;
}

function paletteColour(index: number): string {
  if (index >= 232) return nearestColour((index - 232) * 10 + 8, (index - 232) * 10 + 8, (index - 232) * 10 + 8);
  const level = (value: number): number => (value === 0 ? 0 : 55 + value * 40);
  const cube = index - 16;
  return nearestColour(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

/** The name of a colour as the parser tells it: `ansi-red`, `ansi-palette-208`, `ansi-truecolor` beside `r, g, b`. */
function colourName(told: string | null, exact: string | null): string | null {
  if (told === null || told === '') return null;
  if (told === 'ansi-truecolor') {
    const [red = 0, green = 0, blue = 0] = (exact ?? '').split(',').map(Number);
    return nearestColour(red, green, blue);
  }
  const palette = /^ansi-palette-(\d+)$/.exec(told);
  if (palette !== null) return paletteColour(Number(palette[1]));
  return /^ansi-(?:bright-)?[a-z]+$/.test(told) ? told.slice('ansi-'.length) : null;
}

const decorated: Readonly<Record<string, string>> = {
  bold: 'jtp-ansi-bold',
  dim: 'jtp-ansi-dim',
  italic: 'jtp-ansi-italic',
  underline: 'jtp-ansi-underline',
  strikethrough: 'jtp-ansi-strikethrough',
};

function classesOf(entry: Anser.AnserJsonEntry): readonly string[] {
  const front = colourName(entry.fg, entry.fg_truecolor);
  const back = colourName(entry.bg, entry.bg_truecolor);
  const turned = entry.decorations.includes('reverse');
  const ground = turned ? (front ?? 'white') : back;
  const classes = entry.decorations.flatMap((name) => decorated[name] ?? []);
  // A ground brings its own legible text colour, so the asked one is left out there.
  if (ground !== null) return [...classes, `jtp-ansi-on-${ground}`];
  return front === null ? classes : [...classes, `jtp-ansi-${front}`];
}

/** Later characters lie over earlier ones from the start of the line, as a progress bar wants it. */
function overwrite(spans: readonly LogSpan[]): readonly LogSpan[] {
  const cells: { text: string; classes: readonly string[] }[] = [];
  let column = 0;
  for (const span of spans) {
    for (const character of span.text) {
      if (character === '\r') column = 0;
      else {
        cells[column] = { text: character, classes: span.classes };
        column += 1;
      }
    }
  }
  const joined: { text: string; classes: readonly string[] }[] = [];
  for (const cell of cells) {
    const last = joined.at(-1);
    if (last !== undefined && last.classes === cell.classes) last.text += cell.text;
    else joined.push({ ...cell });
  }
  return joined;
}

function withoutCommands(text: string): string {
  return text
    .replace(commands, '')
    .replace(movements, '')
    .replace(others, '')
    .replace(controls, '')
    .replace(/\r+$/, '');
}

/** A line as spans: colours and weights kept, carriage returns carried out, every other escape dropped. */
export function spansOf(text: string): readonly LogSpan[] {
  const clean = withoutCommands(text);
  if (!clean.includes('\u001b')) {
    const plain = [{ text: clean, classes: [] }];
    return clean.includes('\r') ? overwrite(plain) : plain;
  }
  const spans = Anser.ansiToJson(clean, { json: true, use_classes: true, remove_empty: true })
    .map((entry) => ({ text: entry.content.replaceAll('\u001b', ''), classes: classesOf(entry) }))
    .filter((span) => span.text !== '');
  return clean.includes('\r') ? overwrite(spans) : spans;
}

/** A line as a person would copy it. */
export function plainOf(text: string): string {
  const clean = withoutCommands(text).replace(colours, '').replaceAll('\u001b', '');
  return clean.includes('\r')
    ? overwrite([{ text: clean, classes: [] }])
        .map((span) => span.text)
        .join('')
    : clean;
}
