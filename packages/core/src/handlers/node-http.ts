/**
 * Node's HTTP client, as `require` gives it: an import reads every name it exports, and one of those loads a WebSocket
 * client of 13 MB that nothing here uses. What not every call needs is loaded by the first that does: with TLS come 5 MB.
 */
import type nodeHttp from 'node:http';
import type nodeHttps from 'node:https';
import { createRequire } from 'node:module';
import type nodeZlib from 'node:zlib';

const load = createRequire(import.meta.url);

export const http = load('node:http') as typeof nodeHttp;
export const https = (): typeof nodeHttps => load('node:https') as typeof nodeHttps;
/** Decompresses answers. */
export const zlib = (): typeof nodeZlib => load('node:zlib') as typeof nodeZlib;
