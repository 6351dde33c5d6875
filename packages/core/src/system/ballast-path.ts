import { join } from 'node:path';

/** Where the room for a full disk lies. */
export const ballastPath = (folder: string): string => join(folder, 'ballast');
