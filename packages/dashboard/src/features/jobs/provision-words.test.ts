import { expect, test } from 'vitest';
import { provisionWords } from './provision-words.ts';

const job = (became: 'created' | 'unchanged' | 'refused', message: string | null = null) => ({
  subject: became,
  name: `Feed ${became}`,
  job_id: null,
  became,
  message,
});

test('counts what became of the jobs, and tells each fault', () => {
  const outcomes = [
    { type: 'feed', problem: null, jobs: [job('created'), job('created'), job('refused', 'config.url: is needed')] },
    { type: 'site', problem: 'The provider is away.', jobs: [] },
  ];
  expect(provisionWords(outcomes)).toEqual({
    sum: '2 created, 1 refused.',
    faults: ['Feed refused: config.url: is needed', 'site: The provider is away.'],
  });
  expect(provisionWords([{ type: 'feed', problem: null, jobs: [] }])).toEqual({ sum: 'No jobs.', faults: [] });
});
