import { setImmediate as restOfTurn } from 'node:timers/promises';

/** Looked for once, for all who wait for it. */
interface Search<T> {
  readonly answer: Promise<T>;
  /** Before, whoever asks gets this answer. */
  hasBegun: boolean;
  /** For those who ask after that: they get what is looked for next. */
  next: Promise<T> | null;
}

/**
 * What many ask in the same moment is looked for once. The search that somebody gets begins after they asked, so that
 * nobody misses what they themselves have just changed; of the same question one is under way, and one waits for it.
 * Nothing is kept once it is answered, errors neither.
 */
export class SharedAnswers<T> {
  readonly #searches = new Map<string, Search<T>>();

  /** How many different questions are being answered. */
  get size(): number {
    return this.#searches.size;
  }

  /** @param question the same text for what has the same answer */
  ask(question: string, find: () => Promise<T>): Promise<T> {
    const search = this.#searches.get(question);
    if (search === undefined) return this.#begin(question, find);
    if (!search.hasBegun) return search.answer;
    const begin = (): Promise<T> => this.#begin(question, find);
    search.next ??= search.answer.then(begin, begin);
    return search.next;
  }

  #begin(question: string, find: () => Promise<T>): Promise<T> {
    // SQLite answers without a pause: all that came with this request are heard first, or none would meet another.
    const answer = restOfTurn().then(() => {
      search.hasBegun = true;
      return find();
    });
    const search: Search<T> = { answer, hasBegun: false, next: null };
    this.#searches.set(question, search);
    const end = (): void => {
      if (search.next === null) this.#searches.delete(question);
    };
    answer.then(end, end);
    return answer;
  }
}
