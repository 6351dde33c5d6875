const counts = [
  ['items_processed', 'processed'],
  ['items_added', 'added'],
  ['items_updated', 'updated'],
  ['items_failed', 'failed'],
] as const;

/** Item counts that a run left in its result, in words; nothing where it left none. */
export function itemsOf(result: unknown): readonly string[] {
  if (typeof result !== 'object' || result === null) return [];
  const fields = result as Readonly<Record<string, unknown>>;
  return counts.flatMap(([field, word]) => {
    const value = fields[field];
    return typeof value === 'number' && Number.isFinite(value) ? [`${value} ${word}`] : [];
  });
}
