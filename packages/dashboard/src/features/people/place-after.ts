/** A path inside these pages; anything else leads to the first one, so that a link cannot send people elsewhere. */
export function placeAfter(to: unknown): string {
  return typeof to === 'string' && /^\/(?![/\\])[^\t\n\r]*$/.test(to) ? to : '/';
}
