/** What somebody should know although nobody asked. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { AlertCount, AlertPage, AlertQuery, AlertShape } from '../shapes/alert.ts';
import { Uuid } from '../shapes/common.ts';

export const alertsEndpoints = {
  listAlerts: endpoint({
    method: 'GET',
    path: '/api/alerts',
    access: 'viewer',
    tag: 'Alerts',
    summary: 'What did not run, and what needs somebody; newest first.',
    query: AlertQuery,
    status: 200,
    answer: AlertPage,
  }),
  countAlerts: endpoint({
    method: 'GET',
    path: '/api/alerts/count',
    access: 'viewer',
    tag: 'Alerts',
    summary: 'How many open alerts nobody has acknowledged.',
    status: 200,
    answer: AlertCount,
  }),
  acknowledgeAlert: endpoint({
    method: 'POST',
    path: '/api/alerts/{id}/acknowledge',
    access: 'operator',
    tag: 'Alerts',
    summary: 'Say that somebody has seen it. A condition stands until it is over; all else ends with this.',
    params: z.strictObject({ id: Uuid }),
    status: 200,
    answer: AlertShape,
  }),
  acknowledgeAllAlerts: endpoint({
    method: 'POST',
    path: '/api/alerts/acknowledge',
    access: 'operator',
    tag: 'Alerts',
    summary: 'The same for every open alert.',
    status: 200,
    answer: z.object({ acknowledged: z.int() }),
  }),
} as const;
