import { createTheme, type CSSVariablesResolver } from '@mantine/core';
import { groups, palette, quiet } from '../lib/palette.ts';

/** The cross of every dialog and notice has a name. */
const named = { defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } };

/** The bar of a dialog is no second banner of the page. */
const plain = { defaultProps: { role: 'presentation' } };

/** White on the filled shade of each colour is above 4.5:1 in both themes. */
export const theme = createTheme({
  colors: {
    brand: [
      '#eef2ff',
      '#dbe4ff',
      '#bac8ff',
      '#91a7ff',
      '#8aa0ff',
      '#4c6ef5',
      '#3457e0',
      '#0430bf',
      '#03279c',
      '#021d78',
    ],
    red: ['#fff0f0', '#ffdedd', '#ffb9b6', '#ff8f87', '#f56a61', '#e0443b', '#c42b2b', '#a61b1b', '#8b1818', '#701212'],
  },
  primaryColor: 'brand',
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 'md',
  autoContrast: true,
  focusRing: 'auto',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
  respectReducedMotion: true,
  headings: { fontWeight: '650' },
  components: { Notification: named, Modal: named, Drawer: named, ModalHeader: plain, DrawerHeader: plain },
});

function variables(scheme: 'light' | 'dark'): Record<string, string> {
  const states = Object.fromEntries(groups.map((group) => [`--jtp-${group}`, palette[scheme][group]]));
  return {
    ...states,
    '--mantine-color-dimmed': quiet[scheme].dimmed,
    '--mantine-color-placeholder': quiet[scheme].placeholder,
    '--mantine-color-error': quiet[scheme].error,
  };
}

export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: variables('light'),
  dark: variables('dark'),
});
