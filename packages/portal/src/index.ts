export { ensureAdministrator, issueSetupToken, type SetUpContext } from './access/set-up.ts';
export { createPortal, type Portal, type PortalOptions } from './portal.ts';
