/** Shows a page to whoever sits here, where they can see one. */
import { spawn } from 'node:child_process';
import type { Terminal } from './terminal.ts';

/** Somebody elsewhere would be shown nothing: over SSH, without a display, in a build. */
function hasDisplay({ env, stderr }: Terminal): boolean {
  if (stderr.isTTY !== true || env['CI'] !== undefined || env['SSH_CONNECTION'] !== undefined) return false;
  if (process.platform === 'darwin' || process.platform === 'win32') return true;
  return (env['DISPLAY'] ?? env['WAYLAND_DISPLAY'] ?? '') !== '';
}

function commandFor(address: string): readonly [string, ...string[]] {
  if (process.platform === 'darwin') return ['open', address];
  // No shell: what stands in an address is nobody's command.
  return process.platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler', address] : ['xdg-open', address];
}

/** @returns whether it was tried; whether a page came up nobody can tell */
export function openBrowser(terminal: Terminal, address: string): boolean {
  if (!hasDisplay(terminal) || !/^https?:\/\//.test(address)) return false;
  const [command, ...args] = commandFor(address);
  const browser = spawn(command, args, { stdio: 'ignore', detached: true });
  browser.on('error', () => undefined).unref();
  return true;
}
