import { poor, type Finding, type InstallationState } from './finding.ts';

/** Nothing is said where it is as it should be. */
export function examineAuthentication({ authentication }: InstallationState): readonly Finding[] {
  if (authentication) return [];
  return [
    poor(
      'authentication',
      'Nobody signs in: whoever can open a connection on this machine acts as the first administrator.',
      'Take security.authentication (JOB_PORTAL_AUTHENTICATION) out of the settings and start again, or give an embedded portal its authorize.',
    ),
  ];
}
