import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { ScriptDecision, ScriptFile, ScriptNote, ScriptVersion } from '../model/script-approval.ts';

/** A content of a file. */
export interface ScriptContent {
  readonly path: string;
  readonly hash: string;
}

/** What a look at a file found. */
export interface ScriptSight {
  /** Of the file's row, if it is the first look. */
  readonly id: Id;
  readonly path: string;
  /** Null when the file is not there, or is refused. */
  readonly found: { readonly hash: string; readonly content: Buffer } | null;
  readonly problem: string | null;
}

/** A version with the file it belongs to, and whether an earlier content of it was approved. */
export interface ScriptOverview {
  readonly file: ScriptFile;
  /** What the file holds now; null when it is not there. */
  readonly version: ScriptVersion | null;
  readonly wasApproved: boolean;
}

/** A living job that has a script executed. */
export interface ScriptUse {
  readonly path: string;
  readonly job: { readonly id: Id; readonly createdAt: Instant; readonly name: string; readonly active: boolean };
}

export interface ScriptTable {
  /** Those of the contents that as many people approved as are needed. */
  approved(contents: readonly ScriptContent[], needed: number): Promise<readonly ScriptContent[]>;
  /**
   * Writes down what a look found. A content nobody has decided or spoken about gives way to the next one, so that a file
   * which changes all the time fills nothing. @returns whether it was news
   */
  see(sight: ScriptSight): Promise<boolean>;
  /**
   * Keeps a content that the file does not hold yet, or is about to lose; with its row when it is the first of a file.
   * @returns the version that it is
   */
  keep(
    sight: Pick<ScriptSight, 'id' | 'path'> & { readonly found: NonNullable<ScriptSight['found']> },
  ): Promise<ScriptVersion>;
  /** Lets contents go that nobody decided or spoke about and the file does not hold, all but the newest `most` versions. */
  forget(scriptId: Id, most: number): Promise<void>;
  byPath(path: string, options?: { readonly lock: boolean }): Promise<ScriptFile | null>;
  get(id: Id, options?: { readonly lock: boolean }): Promise<ScriptFile | null>;
  /** By path. @param needed how many people approve what counts as approved */
  list(needed: number): Promise<readonly ScriptOverview[]>;
  /** Newest first. */
  versions(scriptId: Id): Promise<readonly ScriptVersion[]>;
  /** Null when there is no such version. */
  content(scriptId: Id, number: number): Promise<Buffer | null>;
  decide(
    version: Pick<ScriptVersion, 'scriptId' | 'number'>,
    decision: {
      readonly state: ScriptDecision;
      readonly at: Instant;
      readonly by: string;
      readonly byId: Id | null;
      /** People who approve it, with this one. */
      readonly approvals: number;
      readonly note: string | null;
    },
  ): Promise<void>;
  addNote(note: ScriptNote): Promise<void>;
  /** Oldest first. */
  notes(scriptId: Id): Promise<readonly ScriptNote[]>;
  /** Which living jobs have which files executed, by path and name. */
  uses(): Promise<readonly ScriptUse[]>;
}
