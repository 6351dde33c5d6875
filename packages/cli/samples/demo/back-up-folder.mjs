#!/usr/bin/env node
// Packs a folder below the scripts folder into one file with checksums, and reads it back before it says so.
//   args: FOLDER
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

const root = realpathSync(join(import.meta.dirname, '..'));
const folder = resolve(root, process.argv[2] ?? '.');
if (relative(root, folder).startsWith('..')) {
  console.error(`${folder} is not below ${root}.`);
  process.exit(2);
}
const sum = (bytes) => createHash('sha256').update(bytes).digest('hex');
const began = performance.now();
console.log(`Packing ${folder}`);
const files = readdirSync(folder, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => {
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    const path = relative(folder, join(entry.parentPath, entry.name));
    return { path, sha256: sum(bytes), content: bytes.toString('base64') };
  });
const bytes = files.reduce((total, { content }) => total + Buffer.byteLength(content, 'base64'), 0);
console.log(`${files.length} files, ${(bytes / 1000).toFixed(1)} kB`);
const target = join(process.env.JTP_ARTIFACTS_DIR ?? '.', 'scripts.pack.gz');
writeFileSync(target, gzipSync(files.map((file) => JSON.stringify(file)).join('\n')));

const back = gunzipSync(readFileSync(target)).toString('utf8').split('\n').filter(Boolean);
for (const line of back) {
  const { path, sha256, content } = JSON.parse(line);
  if (sum(Buffer.from(content, 'base64')) !== sha256) throw new Error(`${path} is damaged in the pack`);
}
console.log('Read it back: every checksum agrees');
console.log(`Wrote scripts.pack.gz in ${((performance.now() - began) / 1000).toFixed(1)} s`);
if (process.env.JTP_RESULT_FILE)
  writeFileSync(process.env.JTP_RESULT_FILE, JSON.stringify({ files: files.length, verified: true }));
