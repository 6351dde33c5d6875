import { expect, test } from 'vitest';
import { categorise, type FailureFacts } from './failure.ts';

test.each<[FailureFacts, string]>([
  [{ timedOut: true, text: 'HTTP 429' }, 'timeout'],
  [{ httpStatus: 429 }, 'api_limit'],
  [{ httpStatus: 401 }, 'auth_error'],
  [{ httpStatus: 403, text: 'rate limit' }, 'auth_error'],
  [{ httpStatus: 500 }, 'unknown'],
  [{ code: 'ECONNREFUSED' }, 'network_error'],
  [{ code: 'ENOTFOUND', text: 'invalid' }, 'network_error'],
  [{ exitCode: 1, text: 'Rate limit reached, 401' }, 'api_limit'],
  [{ exitCode: 1, text: 'usage 104 % of quota' }, 'api_limit'],
  [{ exitCode: 1, text: '401 Unauthorized: connection' }, 'auth_error'],
  [{ exitCode: 1, text: 'Token expired' }, 'auth_error'],
  [{ exitCode: 1, text: 'connection reset, config' }, 'network_error'],
  [{ exitCode: 1, text: 'read timeout' }, 'network_error'],
  [{ exitCode: 1, text: 'connect ETIMEDOUT 203.0.113.7:443' }, 'network_error'],
  [{ exitCode: 1, text: 'missing key in config' }, 'config_error'],
  [{ exitCode: 1, text: 'ValueError: nope' }, 'script_error'],
  [{ exitCode: null, signal: 'SIGSEGV' }, 'script_error'],
  [{ text: 'something' }, 'unknown'],
  [{ exitCode: 1, text: 'took 14290 ms, 14013 rows' }, 'script_error'],
])('%j is %s', (facts, category) => expect(categorise(facts)).toBe(category));
