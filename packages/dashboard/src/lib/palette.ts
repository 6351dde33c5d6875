/** The six groups of states; every state belongs to one. */
export const groups = ['waiting', 'running', 'success', 'attention', 'failed', 'stopped'] as const;
export type Group = (typeof groups)[number];

/** Colours as text, at least 4.5:1 on the backgrounds of their theme. */
export const palette: Readonly<Record<'light' | 'dark', Readonly<Record<Group, string>>>> = {
  light: {
    waiting: '#69728C',
    running: '#0430BF',
    success: '#046D55',
    attention: '#AA6101',
    failed: '#8B1818',
    stopped: '#393147',
  },
  dark: {
    waiting: '#888B94',
    running: '#1C8AFF',
    success: '#A6FFD5',
    attention: '#FFD608',
    failed: '#EE5850',
    stopped: '#D9CFF5',
  },
};

/** Quiet text, placeholders and errors; Mantine's own are below 4.5:1. */
export const quiet = {
  light: { dimmed: '#545B66', placeholder: '#666D78', error: '#A61B1B' },
  dark: { dimmed: '#B0B4BA', placeholder: '#9A9EA6', error: '#FF8F87' },
} as const;
