/** How far a clock is from the database's, which is the one that counts. */
export function offsetWords(seconds: number | null): string {
  if (seconds === null) return '—';
  if (Math.abs(seconds) < 1) return 'Agrees';
  return `${Math.abs(seconds).toFixed(0)} s ${seconds > 0 ? 'ahead' : 'behind'}`;
}
