import { Masker } from './masker.ts';

/** The secrets of one attempt, in the clear, and what takes them out of everything that it says. */
export class RunSecrets {
  /** By variable. */
  readonly values: Readonly<Record<string, string>>;
  readonly masker: Masker;

  constructor(values: Readonly<Record<string, string>>) {
    this.values = values;
    this.masker = new Masker(Object.values(values));
  }

  /** A log, a message, a dump of memory objects: none of them is to show it. */
  toJSON(): string {
    return '[secrets]';
  }
}
