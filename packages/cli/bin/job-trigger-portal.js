#!/usr/bin/env node
// A try-out needs no word: under the package's own name (`npx job-trigger-portal`) nothing at all means start.
if (process.argv.length === 2) process.argv.push('start');
await import('./jtp.js');
