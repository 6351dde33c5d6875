import { webhookMessageSchema } from 'job-trigger-contract';

/** What is posted to webhooks, as a file that receivers may check against. */
export const webhookSchema = (): string => `${JSON.stringify(webhookMessageSchema(), null, 2)}\n`;
