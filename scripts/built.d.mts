/** @returns whether the pages are there, and of these sources */
export function ensurePages(): Promise<boolean>;
/** @returns whether the programs are there, and of these sources */
export function ensurePrograms(): Promise<boolean>;
