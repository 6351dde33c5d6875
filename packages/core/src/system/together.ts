/** Awaits promises that belong together, and answers as they stand. */
type Answers<T extends readonly unknown[]> = { -readonly [Index in keyof T]: Awaited<T[Index]> };

/**
 * Waits for all of them. Unlike `Promise.all` it throws the error of the first in their order, not in time: of statements sent at
 * once the first that fails says why, and those behind it only that one had.
 */
export async function together<T extends readonly unknown[]>(promises: readonly [...T]): Promise<Answers<T>> {
  const settled = await Promise.allSettled(promises);
  const answers: unknown[] = [];
  for (const one of settled) {
    if (one.status === 'rejected') throw one.reason;
    answers.push(one.value);
  }
  return answers as Answers<T>;
}
