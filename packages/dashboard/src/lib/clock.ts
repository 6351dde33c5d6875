/** Milliseconds that the server's clock is ahead of this browser's; 0 while it is within 2 s. */
let offset = 0;
let measured = 0;

/** Learn from the `Date` of an answer; whole seconds only, so small differences are not believed. */
export function learnServerDate(header: string | null, receivedAt: number): void {
  const server = header === null ? Number.NaN : Date.parse(header);
  if (Number.isNaN(server)) return;
  measured = server + 500 - receivedAt;
  offset = Math.abs(measured) > 2000 ? measured : 0;
}

/** What was measured last, in milliseconds, corrected or not. */
export const clockOffset = (): number => measured;

/** The present instant on the server's clock, in milliseconds. */
export const serverNow = (): number => Date.now() + offset;
