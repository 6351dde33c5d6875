/** Settings that are read once, and that heed afterwards what administrators change. */
import { JobTriggerError } from '../errors.ts';
import type { PageSetting } from '../model/page-setting.ts';
import { decideConfig, type ConfigSources, type ConfigValues, type SettingInForce } from './config.ts';
import { mirror } from './mirror.ts';

/** Settings as they are in force, at any time: what it is asked later may be another answer. */
export interface Config {
  /** Objects within it may be kept: they, too, say what is in force. */
  readonly values: ConfigValues;
  readonly list: readonly SettingInForce[];
  /** What was heeded last. */
  readonly changed: readonly PageSetting[];
  /**
   * Has what the settings page says count. Where that does not go together with what this process was started with, none
   * of it counts.
   *
   * @returns why none of it counts; null where it does
   */
  heed(changed: readonly PageSetting[]): string | null;
  /** What would be in force with these. @throws `configuration_invalid` where they do not go together */
  imagine(changed: readonly PageSetting[]): Pick<Config, 'values' | 'list'>;
}

/**
 * The settings in force. @throws `configuration_invalid` naming key and source, `timezone_unknown`
 */
export function loadConfig(sources: ConfigSources): Config {
  let heeded: readonly PageSetting[] = [];
  let decided = decideConfig(sources, heeded);
  return {
    values: mirror(() => decided.values),
    get list() {
      return decided.list;
    },
    get changed() {
      return heeded;
    },
    heed(changed) {
      try {
        decided = decideConfig(sources, changed);
        heeded = changed;
        return null;
      } catch (error) {
        if (!(error instanceof JobTriggerError)) throw error;
        decided = decideConfig(sources, []);
        heeded = changed;
        return error.message;
      }
    },
    imagine: (changed) => decideConfig(sources, changed),
  };
}
