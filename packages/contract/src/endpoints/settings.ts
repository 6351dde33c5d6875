/** Settings that are changed while everything runs, of the installation and of one person's jobs. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { Uuid } from '../shapes/common.ts';
import { PersonSettingShape, SettingsChanged, SettingsPatch, SettingValues } from '../shapes/setting.ts';

const One = z.strictObject({ id: Uuid });
const tag = 'Operate';

export const settingsEndpoints = {
  changeSettings: endpoint({
    method: 'PATCH',
    path: '/api/settings',
    access: 'admin',
    tag,
    summary: 'Change thresholds, limits and retention; it counts everywhere within five seconds, without a restart.',
    body: SettingsPatch,
    status: 200,
    answer: SettingsChanged,
  }),
  personSettings: endpoint({
    method: 'GET',
    path: '/api/users/{id}/settings',
    access: 'admin',
    tag,
    summary: 'From how many failures on the jobs of a person are stopped.',
    params: One,
    status: 200,
    answer: z.object({ items: z.array(PersonSettingShape) }),
  }),
  changePersonSettings: endpoint({
    method: 'PATCH',
    path: '/api/users/{id}/settings',
    access: 'admin',
    tag,
    summary: 'Give the jobs of a person thresholds of their own; a job’s own go before them.',
    params: One,
    body: z.strictObject({ values: SettingValues }),
    status: 200,
    answer: z.object({ items: z.array(PersonSettingShape) }),
  }),
} as const;
