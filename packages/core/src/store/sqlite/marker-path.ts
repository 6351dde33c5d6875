/** Where the marker of the database at `path` lies: a small file that knows it. */
export const databaseMarker = (path: string): string => `${path}.id`;
