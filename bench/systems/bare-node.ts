/** The control of rest: a Node with one connection and nothing to do. */
import pg from 'pg';
import { serve, tell, told, type Answer, type Order } from '../child.ts';

async function rest(order: Order): Promise<Answer> {
  const client = new pg.Client(order.url);
  await client.connect();
  tell('ready');
  await told('stop');
  await client.end();
  return {};
}

await serve({ rest });
