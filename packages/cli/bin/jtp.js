#!/usr/bin/env node
// The published command. Plain JavaScript, so that an older Node can at least say what is wrong.
if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(`jtp needs Node 24 or later; this is ${process.versions.node}.\n`);
  process.exitCode = 2;
} else {
  await import('../dist/main.js');
}
