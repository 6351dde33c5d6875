/** The users of the system that processes of jobs run as, where that is not the worker's own. */

/** As a setting names them. A range gives each run that lives a number of its own. */
export type RunAs =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'numbers'; readonly uid: number; readonly gid: number | null }
  | { readonly kind: 'range'; readonly from: number; readonly to: number };

/** One of them. */
export interface RunUser {
  readonly uid: number;
  readonly gid: number;
  /** What `HOME` says. */
  readonly home: string;
}
