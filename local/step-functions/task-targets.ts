/** How a Lambda invocation ended: with a payload, or with the error that the function reported. */
export interface LambdaAnswer {
  readonly payload?: unknown;
  readonly error?: { readonly errorType: string; readonly errorMessage: string; readonly trace?: readonly string[] };
}

/** What tasks reach outside Step Functions. */
export interface TaskTargets {
  /**
   * Runs a function with a JSON payload. A function that fails answers `error`; AwsError is thrown when the service
   * itself refuses, such as ResourceNotFoundException or TooManyRequestsException. From the call on the invocation is
   * an actor of the clock.
   */
  invokeLambda(functionArn: string, payload: unknown, signal: AbortSignal): Promise<LambdaAnswer>;
  /**
   * Calls an API action of another simulated service. `service` is its id in the SDK: `kms`, `secretsmanager`,
   * `dynamodb`, `sns`, `sqs`, `eventbridge`, `lambda`, `sts`, `cloudwatchlogs`, `cloudwatch`, `scheduler`, `ssm`;
   * `action` is the API's name, such as `DescribeKey`. Throws AwsError.
   */
  callAws(service: string, action: string, input: unknown): Promise<unknown>;
}
