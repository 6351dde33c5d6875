import { notifications } from '@mantine/notifications';
import { wordsOf } from '../lib/problem.ts';

/** Tell that something was done. */
export function sayDone(message: string): void {
  notifications.show({ message, color: 'brand', withBorder: true });
}

/** Tell that something failed, in the words of the problem document. */
export function sayFailed(error: unknown): void {
  const words = wordsOf(error);
  notifications.show({ title: words.title, message: words.text, color: 'red', withBorder: true, autoClose: 10_000 });
}
