/** What an `http` job may ask for: address, port, method and headers. Checked at saving and again at running. */
import { isIP } from 'node:net';
import { invalidField } from '../errors.ts';
import type { HttpConfig } from '../model/job.ts';
import { isPublicAddress, plainHost, type AllowList } from './address.ts';
import { checkAssertions } from './http-assertions.ts';
import { hasControlCharacters } from './control-characters.ts';
import { http } from './node-http.ts';

/** Names that lead inside by what they are, whatever they resolve to. */
const insideNames =
  /^(?:localhost|.*\.localhost|localhost\.localdomain|ip6-localhost|ip6-loopback|metadata\.google\.internal)$/;
/** Below 1024 only the web's own; above, not where databases, brokers and control planes listen. */
const webPorts = new Set([80, 443]);
const closedPorts = new Set([
  1433, 1521, 2049, 2181, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5672, 5900, 5984, 6000, 6379, 6380, 6443, 6660,
  6665, 6666, 6667, 6668, 6669, 6697, 7000, 7001, 9042, 9092, 9200, 9300, 10250, 10255, 11211, 15672, 26379, 27017,
  27018, 50070,
]);
/** These say where a message ends and whom it is for: the client sets them, or one request becomes two. */
const ownHeaders = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'proxy-connection',
  'proxy-authorization',
  'jtp-fence',
]);
const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);
const longestUrl = 8192;

/** Reads an address; what its text alone says is refused here. @throws `invalid` naming `field` */
function readUrl(text: string, field: string): URL {
  // URL drops tabs and line ends silently.
  if (text.includes(' ') || hasControlCharacters(text))
    throw invalidField(field, 'The address holds spaces or control characters.');
  if (text.length > longestUrl)
    throw invalidField(field, `The address has ${text.length} characters; allowed are ${longestUrl}.`);
  if (!URL.canParse(text)) throw invalidField(field, 'This is no address such as https://example.com/path.');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw invalidField(field, `The address begins with ${url.protocol}; allowed are http: and https:.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw invalidField(field, 'The address carries a user or password, which would show in logs; use a header.');
  }
  return url;
}

const isInsideHost = (host: string): boolean => (isIP(host) === 0 ? insideNames.test(host) : !isPublicAddress(host));

/**
 * Checks an address without asking any name server.
 *
 * @param field the path that a refusal names
 * @throws {JobTriggerError} `invalid` for what is no web address, `blocked_address` for one inside
 */
export function checkUrl(text: string, allowed: AllowList, field = 'config.url'): URL {
  const url = readUrl(text, field);
  const host = plainHost(url.hostname);
  const port = portOf(url);
  if (isInsideHost(host) && !allowed.address(host) && !allowed.host(host, port)) {
    throw invalidField(
      field,
      `${url.host} is an address inside, which security.outgoing_allow does not name.`,
      'blocked_address',
    );
  }
  if (!isPortOpen(port) && !allowed.port(host, port)) {
    throw invalidField(field, `Port ${port} is not one that web requests go to.`);
  }
  return url;
}

export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

function isPortOpen(port: number): boolean {
  return webPorts.has(port) || (port >= 1024 && !closedPorts.has(port));
}

/** Checks everything a person configured. @throws as {@link checkUrl}, naming the field */
export function checkHttpConfig(config: HttpConfig, allowed: AllowList): URL {
  if (!methods.has(config.method)) {
    throw invalidField(
      'config.method',
      `${JSON.stringify(config.method)} is no method; allowed are ${[...methods].join(' ')}.`,
    );
  }
  for (const [name, value] of Object.entries(config.headers)) checkHeader(name, value);
  for (const [place, status] of (config.expectedStatus ?? []).entries()) {
    if (!Number.isInteger(status) || status < 100 || status > 599) {
      throw invalidField(`config.expected_status.${place}`, 'A status is a number from 100 to 599.');
    }
  }
  checkAssertions(config.assertions ?? []);
  return checkUrl(config.url, allowed);
}

function checkHeader(name: string, value: string): void {
  const field = `config.headers.${name}`;
  try {
    http.validateHeaderName(name);
    http.validateHeaderValue(name, value);
  } catch {
    throw invalidField(field, 'Name or value holds line breaks or characters that a header cannot have.');
  }
  if (ownHeaders.has(name.toLowerCase())) throw invalidField(field, `${name} is set by the portal itself.`);
}
