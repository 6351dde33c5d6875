/** Which jobs a timeline is asked for; absent fields do not narrow. */
export interface JobsAsked {
  readonly job?: string;
  readonly tag?: string;
  readonly search?: string;
}
