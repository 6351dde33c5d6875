import { settleChains } from './flow/settle-chains.ts';
import { openStore as openBare } from './store/open-store.ts';
import type { OpenStoreOptions } from './store/store-options.ts';
import type { Store } from './store/store.ts';

/** Opens the store behind an address, with everything that follows from the end of a run. See the store's own. */
export function openStore(options: OpenStoreOptions): Promise<Store> {
  return openBare({ settle: settleChains, ...options });
}
