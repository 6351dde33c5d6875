#!/usr/bin/env node
// Sales of a period as CSV and as a JSON result. The orders are made up, and the same for the same day.
//   args: [PERIOD]     day, week or month; else the parameter `period`. The parameter `top` says how many books it names.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const period = process.argv[2] ?? process.env.JTP_PARAM_PERIOD ?? 'day';
const top = Number(process.env.JTP_PARAM_TOP ?? 5);
const days = { day: 1, week: 7, month: 30 }[period];
if (days === undefined) {
  console.error(`The period must be day, week or month, not '${period}'.`);
  process.exit(2);
}
const books = ['The Lantern Keeper', 'Harbour at Night', 'A Short Walk North', 'Ink and Salt', 'Maps of the Delta'];
const today = Math.floor(Date.now() / 86_400_000);
const rows = [];
for (let day = 1; day <= days; day += 1)
  for (let order = 0; order < 80 + ((today - day) % 7) * 12; order += 1)
    rows.push({ day: today - day, book: books[(order * 7 + today - day) % books.length], price: 12 + (order % 20) });
console.log(`${rows.length} orders in this ${period}`);
const sold = books
  .map((book) => ({ book, copies: rows.filter((row) => row.book === book).length }))
  .sort((a, b) => b.copies - a.copies);
for (const { book, copies } of sold.slice(0, top)) console.log(`  ${String(copies).padStart(5)}  ${book}`);
const csv = rows.map(
  ({ day, book, price }) => `${new Date(day * 86_400_000).toISOString().slice(0, 10)},${book},${price}`,
);
writeFileSync(join(process.env.JTP_ARTIFACTS_DIR ?? '.', 'sales.csv'), `day,book,price\n${csv.join('\n')}\n`);
console.log('Wrote sales.csv');
if (process.env.JTP_RESULT_FILE) {
  const revenue = rows.reduce((sum, { price }) => sum + price, 0);
  writeFileSync(process.env.JTP_RESULT_FILE, JSON.stringify({ orders: rows.length, revenue, currency: 'EUR' }));
}
