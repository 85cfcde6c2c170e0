import { afterEach, beforeEach, expect } from '@jest/globals';
import { ApiServer } from './api-server.ts';
import { CREDENTIALS } from './run-dbsa.ts';

/** Gives each test of a file a server of its own; a test that leaves it with a complaint fails. */
export function eachServer(take: (server: ApiServer) => void): void {
  let server: ApiServer;
  beforeEach(async () => {
    server = await new ApiServer(CREDENTIALS).start();
    take(server);
  });
  afterEach(async () => {
    await server.close();
    expect(server.complaints).toEqual([]);
  });
}
