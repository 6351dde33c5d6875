/**
 * Node's HTTP client, as `require` gives it: an import reads every name it exports, and one of those loads a WebSocket
 * client of 13 MB that nothing here uses.
 */
import type nodeHttp from 'node:http';
import type nodeHttps from 'node:https';
import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);

export const http = load('node:http') as typeof nodeHttp;
export const https = load('node:https') as typeof nodeHttps;
