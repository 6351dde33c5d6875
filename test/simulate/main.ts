import { Database } from './database.ts';
import { play } from './play.ts';
const db = await Database.open();
const from = Number(process.argv[2] ?? 1), count = Number(process.argv[3] ?? 1);
const t0 = performance.now();
let bad = 0; const kinds = new Map<string, number>(); let ms = 0, runs = 0, starts = 0;
for (let seed = from; seed < from + count; seed++) {
  const p = await play(db, seed, { traces: count === 1 });
  ms += p.figures.ms; runs += p.figures.runs; starts += p.figures.starts;
  if (p.violations.length) { bad++; console.log(seed, p.hash, p.violations.slice(0, 4), p.faults.map(f => `${f.kind}@${Math.round(f.at)}+${f.lastsMs}`).join(' ')); 
   for (const v of new Set(p.violations.map(v=>v.split(':')[0]!))) kinds.set(v, (kinds.get(v) ?? 0) + 1); }
  if (count === 1) { (await import('node:fs')).writeFileSync('/tmp/jtp/trace.txt', p.trace.join('\n')); console.log(p.hash, p.figures, p.violations, p.transitions); }
}
console.log({ bad, count, kinds, perSeed: (performance.now() - t0) / count, ms: ms / count, runs: runs / count, starts: starts / count });
db.close();
