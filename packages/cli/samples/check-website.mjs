#!/usr/bin/env node
// Asks a website, and looks at how long its certificate still holds.
//   args: URL [DAYS]     fails when the answer is no 2xx or 3xx, or the certificate ends within DAYS (14 when absent)
import { request } from 'node:https';
import { get } from 'node:http';

const [address, days = '14'] = process.argv.slice(2);
let url;
try {
  url = new URL(address);
} catch {
  console.error(`Name the address to check, for example https://example.org (found '${address ?? ''}').`);
  process.exit(2);
}
const began = performance.now();
const ask = url.protocol === 'http:' ? get : request;
const call = ask(url, { timeout: 20_000, agent: false }, (answer) => {
  const ms = Math.round(performance.now() - began);
  console.log(`${url.href} answered ${answer.statusCode} in ${ms} ms`);
  let failed = answer.statusCode >= 400;
  const certificate = answer.socket.getPeerCertificate?.();
  if (certificate?.valid_to) {
    const left = Math.floor((Date.parse(certificate.valid_to) - Date.now()) / 86_400_000);
    console.log(`Its certificate holds ${left} more days, until ${certificate.valid_to}`);
    if (left < Number(days)) {
      console.error(`That is less than ${days} days.`);
      failed = true;
    }
  }
  answer.resume().on('end', () => process.exit(failed ? 1 : 0));
});
call.on('timeout', () => call.destroy(new Error('no answer within 20 s')));
call.on('error', (error) => {
  console.error(`${url.href}: ${error.message}`);
  process.exit(1);
});
call.end();
