import { expect, test } from 'vitest';
import { placeAfter } from './place-after.ts';

test.each(['/', '/jobs', '/jobs?search=a%2F%2Fb', '/runs/1#log'])('a sign-in leads on to %s', (to) => {
  expect(placeAfter(to)).toBe(to);
});

test.each([
  '//evil',
  '/\\evil',
  '\\/\\/evil',
  '/\t/evil',
  'https://evil',
  'javascript:alert(1)',
  'evil',
  '',
  null,
  7,
  ['/jobs'],
])('a sign-in does not lead on to %s (SEC-G6)', (to) => {
  const place = placeAfter(to);
  expect(place).toBe('/');
  expect(new URL(place, 'https://jobs.example.org').origin).toBe('https://jobs.example.org');
});
