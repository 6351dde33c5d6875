/** The type of an artifact by the ending of its name, and as what it may be served. */

const byEnding: Readonly<Record<string, string>> = {
  bmp: 'image/bmp',
  bz2: 'application/x-bzip2',
  csv: 'text/csv',
  db: 'application/vnd.sqlite3',
  gif: 'image/gif',
  gz: 'application/gzip',
  htm: 'text/html',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'text/javascript',
  json: 'application/json',
  jsonl: 'application/jsonl',
  log: 'text/plain',
  md: 'text/markdown',
  parquet: 'application/vnd.apache.parquet',
  pdf: 'application/pdf',
  png: 'image/png',
  sql: 'application/sql',
  sqlite: 'application/vnd.sqlite3',
  svg: 'image/svg+xml',
  tar: 'application/x-tar',
  tgz: 'application/gzip',
  tsv: 'text/tab-separated-values',
  txt: 'text/plain',
  webp: 'image/webp',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  xml: 'application/xml',
  xz: 'application/x-xz',
  yaml: 'application/yaml',
  yml: 'application/yaml',
  zip: 'application/zip',
  zst: 'application/zstd',
};

const unknown = 'application/octet-stream';

export function artifactType(name: string): string {
  const ending = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(byEnding, ending) ? (byEnding[ending] ?? unknown) : unknown;
}

const images = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
const texts = new Set([
  'text/plain',
  'text/csv',
  'text/tab-separated-values',
  'text/markdown',
  'application/json',
  'application/jsonl',
  'application/sql',
  'application/yaml',
]);

/** What a page may show of it: an image, its text, or nothing. */
export type ArtifactPreview = 'image' | 'text' | null;

export function artifactPreview(type: string): ArtifactPreview {
  if (images.has(type)) return 'image';
  return texts.has(type) ? 'text' : null;
}

/** No browser carries out what comes as one of these: pages, drawings and scripts of a job go as plain bytes. */
export function servedType(type: string): string {
  const preview = artifactPreview(type);
  if (preview === 'image') return type;
  return preview === 'text' ? 'text/plain; charset=utf-8' : unknown;
}
