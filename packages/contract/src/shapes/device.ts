/** Sign-in of a command line elsewhere, by a code that is confirmed in a browser. */
import { z } from 'zod';
import { Instant } from './common.ts';

export const DeviceRequest = z
  .strictObject({
    client: z.string().min(1).max(100).describe('The program with its version, as `jtp/1.2.0`.'),
    host: z.string().max(255).optional().describe('What its machine calls itself; shown to whoever is asked.'),
  })
  .meta({ id: 'DeviceRequest' });

export const DeviceStarted = z
  .object({
    device_code: z.string().describe('What the program asks with; told only now.'),
    user_code: z.string().describe('What its person confirms, as `BCDF-GHJK`.'),
    verification_uri: z.string().describe('The page that takes the code.'),
    verification_uri_complete: z.string().describe('The same with the code in it.'),
    expires_in: z.int().describe('Seconds.'),
    interval: z.int().describe('Seconds to leave between two questions.'),
  })
  .meta({ id: 'DeviceStarted', description: 'As RFC 8628 has it.' });
export type DeviceStarted = z.infer<typeof DeviceStarted>;

export const DeviceTokenRequest = z
  .strictObject({ device_code: z.string().max(200) })
  .meta({ id: 'DeviceTokenRequest' });

const userCode = z.string().max(40).describe('Whatever the case, and with or without the hyphen.');

export const DeviceQuery = z.strictObject({ user_code: userCode });

export const DeviceDecision = z.strictObject({ user_code: userCode }).meta({ id: 'DeviceDecision' });

export const DeviceAsking = z
  .object({
    client: z.string(),
    host: z.string().describe('As it says; empty where it says nothing.'),
    address: z.string().nullable().describe('Where its request came from.'),
    created_at: Instant,
    expires_at: Instant,
  })
  .meta({ id: 'DeviceAsking', description: 'A command line that waits to be let in.' });
export type DeviceAsking = z.infer<typeof DeviceAsking>;
