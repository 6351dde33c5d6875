import { useNavigate } from '@tanstack/react-router';
import { useEffect } from 'react';
import { places } from './navigation.ts';

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

/** Single keys of the whole application; silent while somebody types. `g` waits a second for its place; Ctrl K works everywhere. */
export function useKeys({ showHelp, showPalette }: { showHelp: () => void; showPalette: () => void }): void {
  const navigate = useNavigate();
  useEffect(() => {
    let prefixAt = 0;
    function pressed(event: KeyboardEvent): void {
      if (event.key === 'k' && (event.metaKey || event.ctrlKey) && !event.altKey) {
        event.preventDefault();
        showPalette();
        return;
      }
      if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return;
      if (document.querySelector('[role=dialog]') !== null) return;
      if (Date.now() - prefixAt < 1000) {
        prefixAt = 0;
        const place = places.find(({ key }) => key === event.key);
        if (place === undefined) return;
        event.preventDefault();
        void navigate({ to: place.to });
        return;
      }
      if (event.key === 'g' && document.activeElement?.closest('[role=log]') === null) prefixAt = Date.now();
      if (event.key === 'n' && document.querySelector('[role=log]') === null) void navigate({ to: '/jobs/new' });
      if (event.key === '?') showHelp();
      if (event.key === '/') {
        const field = document.querySelector<HTMLInputElement>('input[type=search]');
        if (field === null) return;
        event.preventDefault();
        field.focus();
      }
    }
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, [navigate, showHelp, showPalette]);
}
