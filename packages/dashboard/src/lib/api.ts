import { createClient, fetchTransport, problemOf, type Transport, type WireAnswer } from 'job-trigger-contract';
import { base } from './base.ts';
import { learnServerDate } from './clock.ts';
import { askForProof } from './proof.ts';

const overFetch = fetchTransport({ base, headers: { 'X-JTP-CSRF': '1' } });

async function ask(request: Parameters<Transport>[0]): Promise<WireAnswer> {
  const answer = await overFetch(request);
  learnServerDate(answer.headers.get('date'), Date.now());
  return answer;
}

/** What is sensitive is asked for again once whoever is signed in has shown who they are, whichever page asked. */
const transport: Transport = async (request) => {
  const answer = await ask(request);
  if (answer.status !== 403) return answer;
  const text = await answer.text();
  const isProven = problemOf(403, text).code === 'proof_needed' && (await askForProof());
  return isProven ? ask(request) : { ...answer, text: () => Promise.resolve(text) };
};

/** The one client of all pages; its credential is the cookie. */
export const api = createClient(transport);
