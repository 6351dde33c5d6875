export { resetPassword } from './access/reset-password.ts';
export { ensureAdministrator, issueSetupToken, type SetUpContext } from './access/set-up.ts';
export type { HostPerson } from './access/host-callers.ts';
export { embedPortal, type EmbeddedPortal, type EmbedOptions } from './embed.ts';
export { createPortal, type Portal, type PortalOptions } from './portal.ts';
