/** @type {import('jest').Config} */
export default {
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/test/strip-types.js' },
  testTimeout: 240_000,
  // Modules of ES tests are never let go of; a worker that has grown is replaced between two files.
  workerIdleMemoryLimit: '1GB',
  maxWorkers: 2,
  reporters: ['default', '<rootDir>/test/closing-line.js'],
};
