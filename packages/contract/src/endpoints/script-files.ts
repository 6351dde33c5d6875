/** Files of the scripts folder: read by all, changed by editors where configuration allows it. */
import { z } from 'zod';
import { endpoint } from '../endpoint.ts';
import { QueryFlag } from '../shapes/common.ts';
import { ScriptContentBody, ScriptFile, ScriptFiles, ScriptVersionText } from '../shapes/script-file.ts';

const Path = z.string().max(5000);
const tag = 'Scripts';
/** As it travels: text as JSON, or a third more as base64. */
const mostBytes = 10_485_760;

export const scriptFileEndpoints = {
  listScripts: endpoint({
    method: 'GET',
    path: '/api/scripts',
    access: 'viewer',
    tag,
    summary: 'Scripts in the scripts folder; with how many jobs name each, on request.',
    query: z.strictObject({ jobs: QueryFlag.optional() }),
    status: 200,
    answer: ScriptFiles,
  }),
  readScript: endpoint({
    method: 'GET',
    path: '/api/scripts/content',
    access: 'viewer',
    tag,
    summary: 'One script: its text, hints, the jobs that name it, and the versions that are kept.',
    query: z.strictObject({ path: Path }),
    status: 200,
    answer: ScriptFile,
  }),
  scriptVersion: endpoint({
    method: 'GET',
    path: '/api/scripts/version',
    access: 'editor',
    tag,
    summary: 'What a script held in a former version, for whoever may change it.',
    query: z.strictObject({ path: Path, number: z.coerce.number().int().min(1).max(1_000_000) }),
    status: 200,
    answer: ScriptVersionText,
  }),
  createScript: endpoint({
    method: 'POST',
    path: '/api/scripts',
    access: 'editor',
    tag,
    summary: 'Put a new file into the scripts folder, where `scripts.allow_editing` is on.',
    body: ScriptContentBody.extend({ path: Path }).meta({ id: 'NewScript' }),
    mostBytes,
    status: 201,
    answer: ScriptFile,
  }),
  writeScript: endpoint({
    method: 'PUT',
    path: '/api/scripts/content',
    access: 'editor',
    tag,
    summary: 'Change a script. `If-Match` names the SHA-256 that was looked at; 412 tells what differs by now.',
    query: z.strictObject({ path: Path }),
    body: ScriptContentBody,
    mostBytes,
    status: 200,
    answer: ScriptFile,
  }),
  deleteScript: endpoint({
    method: 'DELETE',
    path: '/api/scripts/content',
    access: 'editor',
    tag,
    summary: 'Delete a script; with `force` although jobs name it. `If-Match` names the SHA-256 that was looked at.',
    query: z.strictObject({ path: Path, force: QueryFlag.optional() }),
    status: 204,
    answer: null,
  }),
} as const;
