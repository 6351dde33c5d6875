import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { places } from './navigation.ts';

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

const isInLog = (element: Element | null): boolean => (element?.closest('[role=log]') ?? null) !== null;

/** Whether a key is meant for the application: no other key is held, nobody types, no dialog is open. */
function isOurs(event: KeyboardEvent): boolean {
  if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return false;
  return document.querySelector('[role=dialog]') === null;
}

const isPalette = (event: KeyboardEvent): boolean =>
  event.key === 'k' && (event.metaKey || event.ctrlKey) && !event.altKey;

function goToSearch(event: KeyboardEvent): void {
  const field = document.querySelector<HTMLInputElement>('input[type=search]');
  if (field === null) return;
  event.preventDefault();
  field.focus();
}

/** Single keys of the whole application; silent while somebody types. `g` waits a second for its place; Ctrl K works everywhere. */
export function useKeys({ showHelp, showPalette }: { showHelp: () => void; showPalette: () => void }): void {
  const navigate = useNavigate();
  useEffect(() => {
    let prefixAt = 0;
    function goTo(event: KeyboardEvent): void {
      prefixAt = 0;
      const place = places.find(({ key }) => key === event.key);
      if (place === undefined) return;
      event.preventDefault();
      void navigate({ to: place.to });
    }
    const keys: Readonly<Record<string, (event: KeyboardEvent) => void>> = {
      g: () => {
        if (!isInLog(document.activeElement)) prefixAt = Date.now();
      },
      n: () => {
        if (document.querySelector('[role=log]') === null) void navigate({ to: '/jobs/new' });
      },
      '?': showHelp,
      '/': goToSearch,
    };
    function pressed(event: KeyboardEvent): void {
      if (isPalette(event)) {
        event.preventDefault();
        showPalette();
        return;
      }
      if (!isOurs(event)) return;
      if (Date.now() - prefixAt < 1000) goTo(event);
      else if (Object.hasOwn(keys, event.key)) keys[event.key]?.(event);
    }
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [navigate, showHelp, showPalette]);
}
