/**
 * The wall clock in milliseconds with fractions, as another process on this host reads it. `Date.now()` knows whole
 * milliseconds only; where it steps from one to the next says what lies between.
 */
export function wallClock(): () => number {
  const before = Date.now();
  let step = Date.now();
  while (step === before) step = Date.now();
  const offset = step - performance.now();
  return () => performance.now() + offset;
}
