/** A plain object, whose parts can change by themselves; everything else is taken whole. */
const isParted = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;

/**
 * An object that says at each time what `read` answers then, and so does each object within it: whoever was given it, or
 * a part of it, sees every change. Its fields stay those it has now.
 */
export function mirror<T extends object>(read: () => T): T {
  const mirrored = {};
  for (const name of Object.keys(read()) as (keyof T & string)[]) {
    const part = isParted(read()[name]) ? mirror(() => read()[name] as object) : null;
    Object.defineProperty(mirrored, name, { enumerable: true, get: () => part ?? read()[name] });
  }
  return mirrored as T;
}
