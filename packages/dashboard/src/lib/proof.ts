import { useSyncExternalStore } from 'react';

type Answer = (isProven: boolean) => void;

let waiting: readonly Answer[] = [];
const listeners = new Set<() => void>();

function setWaiting(next: readonly Answer[]): void {
  waiting = next;
  for (const listener of listeners) listener();
}

/** Lets whoever is signed in show once more who they are. Several that ask at once share one answer. */
export function askForProof(): Promise<boolean> {
  return new Promise((resolve) => setWaiting([...waiting, resolve]));
}

/** Tells all that wait. */
export function answerProof(isProven: boolean): void {
  const told = waiting;
  setWaiting([]);
  for (const answer of told) answer(isProven);
}

/** Whether somebody waits for a proof. */
export function useProofAsked(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => waiting.length > 0,
  );
}
