export { resetPassword } from './access/reset-password.ts';
export { ensureAdministrator, issueSetupToken, type SetUpContext } from './access/set-up.ts';
export { createPortal, type Portal, type PortalOptions } from './portal.ts';
