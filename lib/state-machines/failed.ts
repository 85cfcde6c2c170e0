const CAUSE = "$exists($states.errorOutput.Cause) ? $states.errorOutput.Cause : 'no cause was given'";

/** In a Catch: what failed. A Lambda's Cause is JSON with errorMessage; other causes are plain text or absent. */
export const FAILED = {
  name: '{% $states.errorOutput.Error %}',
  message: `{% ($cause := ${CAUSE}; $contains($cause, '"errorMessage"') ? $parse($cause).errorMessage : $cause) %}`,
};

/**
 * In a Catch of a task that waited for another machine: what failed there. The Cause is then DescribeExecution's JSON,
 * with an Error and a Cause of its own unless the execution was stopped or ran out of time. One that was cut off is no
 * JSON any more; it is told as it is. Messages are cut so that those of many executions fit into one state.
 */
export const NESTED_FAILED = {
  name: `{% (${nested()}; $exists($ended.Error) ? $ended.Error : $states.errorOutput.Error) %}`,
  message: `{% (${nested()}; $substring($exists($ended.Cause) ? $ended.Cause : $exists($ended.Status) ? 'it ended ' & $ended.Status & ': ' & $ended.ExecutionArn : $cause, 0, 1000)) %}`,
};

function nested(): string {
  const isWhole = `$contains($cause, '"ExecutionArn"') and $substring($cause, -1) = '}'`;
  return `$cause := ${CAUSE}; $ended := ${isWhole} ? $parse($cause) : {}`;
}
