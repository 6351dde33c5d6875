/** A database of its own on the run's server. `drop` also ends its connections. */
export declare function freshPostgres(serverUrl: string): Promise<{
  readonly url: string;
  drop(): Promise<void>;
}>;
/** A folder of its own; `remove` takes it away with everything in it. */
export declare function freshDir(name?: string): {
  readonly path: string;
  remove(): void;
};
//# sourceMappingURL=databases.d.ts.map
