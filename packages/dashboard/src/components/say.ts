import { notifications } from '@mantine/notifications';
import { wordsOf } from '../lib/problem.ts';

/** Tell that something was done. */
export function sayDone(message: string): void {
  notifications.show({ message, color: 'brand', withBorder: true });
}

/** Tell that something failed, in the words of the problem document. */
export function sayFailed(error: unknown): void {
  const words = wordsOf(error);
  sayTrouble(words.title, words.text);
}

/** Tell what did not come out as it should. */
export function sayTrouble(title: string, message: string): void {
  notifications.show({ title, message, color: 'red', withBorder: true, autoClose: 10_000 });
}
