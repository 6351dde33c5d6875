#!/usr/bin/env node
// Matches payments with orders. It refuses once its token has ended: BANK_TOKEN_ENDS says when. It asks nobody.
import { writeFileSync } from 'node:fs';
import { setTimeout as rest } from 'node:timers/promises';

console.log('Asking the bank');
await rest(500);
const ends = Date.parse(process.env.BANK_TOKEN_ENDS ?? '');
if (!(ends > Date.now())) {
  console.error('401 Unauthorized: the token has expired');
  process.exit(1);
}
const payments = 60 + (Math.floor(Date.now() / 86_400_000) % 80);
console.log(`${payments} payments`);
console.log(`${payments} matched`);
if (process.env.JTP_RESULT_FILE) writeFileSync(process.env.JTP_RESULT_FILE, JSON.stringify({ payments }));
