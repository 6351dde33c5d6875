import { createClient, fetchTransport, type Transport } from 'job-trigger-contract';
import { base } from './base.ts';
import { learnServerDate } from './clock.ts';

const overFetch = fetchTransport({ base, headers: { 'X-JTP-CSRF': '1' } });

const transport: Transport = async (request) => {
  const answer = await overFetch(request);
  learnServerDate(answer.headers.get('date'), Date.now());
  return answer;
};

/** The one client of all pages; its credential is the cookie. */
export const api = createClient(transport);
