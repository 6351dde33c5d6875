/** Calls `fire` when the present turn of the event loop is over: later than every promise that is settled by now. */
export function afterThisTurn(fire: () => void): void {
  setImmediate(fire);
}
