declare module 'dynalite' {
  import type { Server } from 'node:http';

  /** DynamoDB in memory as an HTTP server; times are how long a table stays in a passing state. */
  const dynalite: (options: {
    readonly createTableMs: number;
    readonly deleteTableMs: number;
    readonly updateTableMs: number;
  }) => Server;
  export default dynalite;
}
