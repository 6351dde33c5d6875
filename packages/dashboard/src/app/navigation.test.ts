import { expect, test } from 'vitest';
import { bottomPlaces, navigation, places } from './navigation.ts';

test('each place stands once, and each key leads to one', () => {
  const keys = places.flatMap(({ key }) => key ?? []);
  expect(new Set(keys).size).toBe(keys.length);
  expect(new Set(places.map(({ to }) => to)).size).toBe(places.length);
});

test('no group is empty for somebody who is no administrator', () => {
  expect(navigation.filter(({ places: of }) => of.every(({ admin }) => admin === true))).toEqual([]);
});

test('a phone has five places within reach of the thumb, attention among them', () => {
  expect(bottomPlaces.map(({ label }) => label)).toEqual(['Overview', 'Attention', 'Timeline', 'Runs', 'Jobs']);
});
