/** The flag with which a script may send a request twice, and the header it becomes. */
export const repeatOption = [
  '--idempotency-key <key>',
  'the same call with the same key again (24 h) has no second effect and gives the first answer',
] as const;

export function repeatHeaders({ idempotencyKey }: { readonly idempotencyKey?: string }): Record<string, string> {
  return idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
}
