import type { Id } from '../model/id.ts';
import type { PageSetting } from '../model/page-setting.ts';

/** What the settings page has changed. There are few. */
export interface PageSettingTable {
  /** In one statement: every process asks each few seconds. */
  all(): Promise<readonly PageSetting[]>;
  set(setting: PageSetting): Promise<void>;
  /** @param ownerId null for the installation's @returns false when there was none */
  remove(ownerId: Id | null, key: string): Promise<boolean>;
}
