#!/usr/bin/env node
// Writes the letter to readers, as HTML and as text. It sends nothing.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const books = ['The Lantern Keeper', 'Harbour at Night', 'A Short Walk North', 'Ink and Salt'];
const folder = process.env.JTP_ARTIFACTS_DIR ?? '.';
console.log(`${books.length} new books this time`);
writeFileSync(join(folder, 'letter.html'), `<ul>${books.map((book) => `<li>${book}</li>`).join('')}</ul>\n`);
writeFileSync(join(folder, 'letter.txt'), books.map((book) => `- ${book}\n`).join(''));
console.log('Wrote letter.html and letter.txt');
