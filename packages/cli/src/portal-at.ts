/** Whether a portal answers at an address: the port is then taken by whom it should be. */
export async function portalAt(base: string): Promise<boolean> {
  try {
    const answer = await fetch(`${base}/api/health/live`, { signal: AbortSignal.timeout(2000) });
    return typeof ((await answer.json()) as { version?: unknown }).version === 'string';
  } catch {
    return false;
  }
}
