import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { spoilt } from './copied-sources.ts';
import { mutants } from './mutants.ts';
import { failedIn } from './provers.ts';

const root = resolve(import.meta.dirname, '../..');

describe('the mutants', () => {
  test('are at least fifteen, each with a name of its own', () => {
    expect(mutants.length).toBeGreaterThanOrEqual(15);
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
  });

  test.each(mutants)('$name: the place is in the sources, once, and what proves it is there', (mutant) => {
    const sound = readFileSync(join(root, mutant.file), 'utf8');
    expect(spoilt(sound, mutant)).not.toBe(sound);
    for (const prover of mutant.provers) expect(prover === 'simulation' || existsSync(join(root, prover))).toBe(true);
  });

  test('are not caught by a suite that could not be loaded', () => {
    const passed = { name: 'a.test.ts', message: '', assertionResults: [{ status: 'passed', fullName: 'holds' }] };
    const failed = { ...passed, assertionResults: [{ status: 'failed', fullName: 'holds' }] };
    const unloaded = { name: 'a.test.ts', message: 'Failed to load url', assertionResults: [] };
    expect(failedIn({ testResults: [passed] }, ['a.test.ts'])).toEqual([]);
    expect(failedIn({ testResults: [failed] }, ['a.test.ts'])).toEqual(['holds']);
    expect(() => failedIn({ testResults: [unloaded] }, ['a.test.ts'])).toThrow('Failed to load url');
    expect(() => failedIn({ testResults: [] }, ['a.test.ts'])).toThrow('could not be loaded');
  });
});
