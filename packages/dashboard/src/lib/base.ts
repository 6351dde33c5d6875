/**
 * The path that the portal is found below, as `/jobs`; empty where it has a server of its own. The built code lies in
 * `assets` right below it.
 */
export const base = /^(.*)\/assets\/[^/]+$/.exec(new URL(import.meta.url).pathname)?.[1] ?? '';

/** Where the portal is reached, for what people copy. */
export const portalAddress = (): string => `${window.location.origin}${base}`;
