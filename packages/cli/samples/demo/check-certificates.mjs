#!/usr/bin/env node
// Looks at the root certificates that come with Node, and names those that end soon. Needs no network.
//   args: [DAYS]     30 when absent
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';

const days = Number(process.argv[2] ?? 30);
const until = Date.now() + days * 86_400_000;
const certificates = rootCertificates.map((text) => new X509Certificate(text));
const ending = certificates.filter((certificate) => Date.parse(certificate.validTo) < until);
console.log(`Looked at ${certificates.length} certificates`);
for (const certificate of ending)
  console.log(`${certificate.subject.split('\n').at(-1)} ends on ${certificate.validTo}`);
if (ending.length === 0) console.log(`None ends within ${days} days`);
if (process.env.JTP_RESULT_FILE) {
  const result = { certificates: certificates.length, ending: ending.length };
  writeFileSync(process.env.JTP_RESULT_FILE, JSON.stringify(result));
}
