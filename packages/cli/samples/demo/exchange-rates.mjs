#!/usr/bin/env node
// Rates as an unsteady service would give them: now and then the connection fails, and a retry helps. It asks nobody.
import { writeFileSync } from 'node:fs';
import { setTimeout as rest } from 'node:timers/promises';

console.log('Asking for EUR USD HKD');
await rest(400 + Math.random() * 800);
if (Math.random() < 0.15) {
  console.error('connect ETIMEDOUT 203.0.113.7:443');
  process.exit(1);
}
const usd = 1.09 + Math.sin(Date.now() / 86_400_000) / 50;
console.log(`1 EUR = ${usd.toFixed(4)} USD`);
console.log(`1 EUR = ${(usd * 7.8).toFixed(4)} HKD`);
if (process.env.JTP_RESULT_FILE)
  writeFileSync(process.env.JTP_RESULT_FILE, JSON.stringify({ base: 'EUR', currencies: 2 }));
