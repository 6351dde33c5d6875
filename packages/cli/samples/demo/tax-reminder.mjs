#!/usr/bin/env node
// Says how many days are left until a day of the year.
//   args: MM-DD
const day = process.argv[2] ?? '';
const match = /^(\d\d)-(\d\d)$/.exec(day);
if (match === null) {
  console.error(`Name the day as MM-DD, not '${day}'.`);
  process.exit(2);
}
const now = new Date();
const [year, month, date] = [now.getUTCFullYear(), Number(match[1]) - 1, Number(match[2])];
const today = Date.UTC(year, now.getUTCMonth(), now.getUTCDate());
const due = Date.UTC(today > Date.UTC(year, month, date) ? year + 1 : year, month, date);
console.log(`The return is due on ${new Date(due).toISOString().slice(0, 10)}, in ${(due - today) / 86_400_000} days`);
