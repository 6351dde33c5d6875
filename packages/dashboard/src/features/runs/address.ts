import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export type Address = Readonly<Record<string, unknown>>;

/** What stands after `?`, and how to change parts of it; `undefined` takes a part away. */
export function useAddress(): readonly [Address, (changes: Address) => void] {
  const address: Address = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = useCallback(
    (changes: Address): void => {
      const next = (before: Address): Address =>
        Object.fromEntries(
          Object.entries({ ...before, ...changes }).filter(([, value]) => value !== undefined && value !== ''),
        );
      void navigate({ to: '.', search: next, resetScroll: false });
    },
    [navigate],
  );
  return [address, change];
}

/** Text of a part; numbers were read as such. */
export function textAt(address: Address, name: string): string | undefined {
  const value = address[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
