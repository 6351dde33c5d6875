import { reasonActs } from './reason-acts.ts';
import { describe, expect, test } from 'vitest';
import { skipReasons } from './occurrence.ts';
import { reasonEntry, reasonText } from './reason-text.ts';
import { endReasons, idleReasons, reasonCatalogue, toldCodes, waitingReasons, type ReasonEntry } from './reasons.ts';

describe('the reason catalogue', () => {
  test('knows every code of its four views', () => {
    expect(Object.keys(reasonCatalogue.waiting).toSorted()).toEqual([...waitingReasons].toSorted());
    expect(Object.keys(reasonCatalogue.skipped).toSorted()).toEqual([...skipReasons].toSorted());
    expect(Object.keys(reasonCatalogue.ended).toSorted()).toEqual([...endReasons].toSorted());
    expect(Object.keys(reasonCatalogue.idle).toSorted()).toEqual([...idleReasons].toSorted());
    expect(Object.keys(reasonCatalogue.told).toSorted()).toEqual([...toldCodes].toSorted());
  });

  test('has whole sentences, a plain one without placeholders, and an act for each', () => {
    for (const table of Object.values(reasonCatalogue)) {
      for (const [code, { fuller = [], sentence, plain, act }] of Object.entries<ReasonEntry>(table)) {
        expect(plain, code).toMatch(/^[A-Z][^{}]*\.$/);
        for (const more of fuller) expect(more, code).toMatch(/^[A-Z].*\{.*\.$/);
        expect(sentence, code).toMatch(/^[A-Z{].*[.}"]$/);
        expect(reasonActs[act], code).toBeTruthy();
      }
    }
  });

  test('fills in the facts', () => {
    expect(reasonText('next_in_line', { position: 3, length: 7, queue: 'etl' })).toBe('Position 3 of 7 in etl.');
  });

  test('says the fullest sentence of which every fact is known', () => {
    const facts = { run: '7f3a', due: '09:00' };
    expect(reasonText('overlap', facts, 'skipped')).toBe('Run 7f3a, due 09:00, was still active.');
    expect(reasonText('overlap', { ...facts, catching_up: '7f3a', unsettled: null }, 'skipped')).toContain(
      'catching up',
    );
    expect(reasonText('blackout', { until: 'noon', name: null }, 'skipped')).toBe('In a blackout until noon.');
  });

  test('says the plain sentence when a fact is missing or null', () => {
    expect(reasonText('next_in_line', { position: 3 })).toBe('Waits for its turn.');
    expect(reasonText('worker_died', { worker: 'w2', at: null }, 'ended')).toContain('what the job did is unknown');
  });

  test('tells a waiting run and a skipped occurrence apart under the same code', () => {
    expect(reasonText('overlap', {}, 'waiting')).not.toBe(reasonText('overlap', {}, 'skipped'));
  });

  test('a code that the view does not know is told in the words of one that does', () => {
    expect(reasonText('retry_delay', {}, 'ended')).toBe('Waits for its next attempt.');
  });

  test('answers an unknown code with itself, and no name inherited from objects is a code', () => {
    expect(reasonText('from_the_future')).toBe('from_the_future');
    expect(reasonEntry('constructor')).toBeNull();
  });
});
