/** Jobs that run elsewhere, watched by the pings that they send. Pings themselves go to `/api/pings/{token}`. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { Uuid } from '../shapes/common.ts';
import { Monitor, MonitorDetail, MonitorInput, MonitorPatch } from '../shapes/monitor.ts';

const Id = z.strictObject({ id: Uuid });
const tag = 'Monitors';

export const monitorsEndpoints = {
  listMonitors: endpoint({
    method: 'GET',
    path: '/api/monitors',
    access: 'viewer',
    tag,
    summary: 'List monitors by name.',
    status: 200,
    answer: z.object({ items: z.array(Monitor) }),
  }),
  createMonitor: endpoint({
    method: 'POST',
    path: '/api/monitors',
    access: 'editor',
    tag,
    summary: 'Add a monitor; its pings go to `ping_path`.',
    body: MonitorInput,
    status: 201,
    answer: MonitorDetail,
  }),
  getMonitor: endpoint({
    method: 'GET',
    path: '/api/monitors/{id}',
    access: 'viewer',
    tag,
    summary: 'One monitor with its last pings.',
    params: Id,
    status: 200,
    answer: MonitorDetail,
  }),
  patchMonitor: endpoint({
    method: 'PATCH',
    path: '/api/monitors/{id}',
    access: 'editor',
    tag,
    summary: 'Change a monitor; absent fields stay.',
    params: Id,
    body: MonitorPatch,
    status: 200,
    answer: MonitorDetail,
  }),
  deleteMonitor: endpoint({
    method: 'DELETE',
    path: '/api/monitors/{id}',
    access: 'editor',
    tag,
    summary: 'Delete a monitor; its address takes no more pings.',
    params: Id,
    status: 204,
    answer: null,
  }),
  pauseMonitor: endpoint({
    method: 'POST',
    path: '/api/monitors/{id}/pause',
    access: 'operator',
    tag,
    summary: 'Expect no pings until it is resumed.',
    params: Id,
    status: 200,
    answer: MonitorDetail,
  }),
  resumeMonitor: endpoint({
    method: 'POST',
    path: '/api/monitors/{id}/resume',
    access: 'operator',
    tag,
    summary: 'Expect pings again, from now on.',
    params: Id,
    status: 200,
    answer: MonitorDetail,
  }),
  renewMonitor: endpoint({
    method: 'POST',
    path: '/api/monitors/{id}/renew',
    access: 'editor',
    tag,
    summary: 'Give it another `ping_path`; the one before takes no more pings.',
    params: Id,
    status: 200,
    answer: MonitorDetail,
  }),
} as const;
