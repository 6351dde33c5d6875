#!/usr/bin/env node
// Makes a day of web server lines and compresses them, which is what archiving costs.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const count = 50_000;
const pages = ['/', '/books', '/books/4711', '/basket', '/search?q=ink'];
const text = Array.from({ length: count }, (_, nth) => {
  const at = new Date(Date.now() - (count - nth) * 1700).toISOString();
  return `${at} GET ${pages[nth % pages.length]} ${nth % 97 === 0 ? 404 : 200} ${(nth * 7919) % 4000}`;
}).join('\n');
console.log(`Read ${count} lines`);
const packed = gzipSync(text);
writeFileSync(join(process.env.JTP_ARTIFACTS_DIR ?? '.', 'access.log.gz'), packed);
console.log(`${(text.length / 1e6).toFixed(1)} MB became ${(packed.length / 1e6).toFixed(2)} MB`);
if (process.env.JTP_RESULT_FILE) writeFileSync(process.env.JTP_RESULT_FILE, JSON.stringify({ lines: count }));
