import { good, poor, type Finding, type InstallationState } from './finding.ts';

export function examineAuthentication({ authentication }: InstallationState): Finding {
  if (authentication) return good('authentication', 'Whoever asks shows who they are.');
  return poor(
    'authentication',
    'Nobody signs in: whoever can open a connection on this machine acts as the first administrator.',
    'Take security.authentication (JOB_PORTAL_AUTHENTICATION) out of the settings and start again, or give an embedded portal its authorize.',
  );
}
