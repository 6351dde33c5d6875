#!/usr/bin/env node
// Makes small pictures of new covers: plain gradients, written as PPM files.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';

const covers = 6;
const [width, height] = [60, 90];
for (let cover = 1; cover <= covers; cover += 1) {
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < pixels.length; at += 3) {
    pixels[at] = (cover * 40) % 256;
    pixels[at + 1] = Math.floor(at / 3 / width) * 2;
    pixels[at + 2] = ((at / 3) % width) * 4;
  }
  const picture = Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), pixels]);
  writeFileSync(join(process.env.JTP_ARTIFACTS_DIR ?? '.', `cover-${cover}.ppm`), picture);
  console.log(`cover ${cover} of ${covers}`);
  await rest(1000);
}
console.log(`${covers} covers are done`);
if (process.env.JTP_RESULT_FILE) writeFileSync(process.env.JTP_RESULT_FILE, JSON.stringify({ covers }));
