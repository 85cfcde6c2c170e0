import { type Fields, type Kind, NUMBER, oneOf, read, TEXT } from './control-kinds.ts';
import { CREATION_ENDS, type CreationPlan } from './creation-plans.ts';
import {
  NETWORK_ERROR_TYPES,
  NETWORK_WARNING_TYPES,
  type NetworkError,
  type NetworkFindings,
  type NetworkWarning,
} from './network-findings.ts';

const LIST: Kind = { wanted: 'a list', accepts: Array.isArray };
const ERROR: Fields<NetworkError> = { error_type: oneOf(NETWORK_ERROR_TYPES), error_message: TEXT };
const WARNING: Fields<NetworkWarning> = { warning_type: oneOf(NETWORK_WARNING_TYPES), warning_message: TEXT };

export const readFindings = (value: unknown): NetworkFindings => {
  const { errors = [], warnings = [] } = read<Partial<NetworkFindings>>(value, { errors: LIST, warnings: LIST }, []);
  checkFindings(errors, warnings);
  return { errors, warnings };
};

export const readCreationPlan = (value: unknown): CreationPlan => {
  const fields = {
    workspaceName: TEXT,
    ends: oneOf(CREATION_ENDS),
    message: TEXT,
    errors: LIST,
    warnings: LIST,
    times: NUMBER,
  };
  const plan = read<CreationPlan>(value, fields, []);
  checkFindings(plan.errors ?? [], plan.warnings ?? []);
  return plan;
};

const checkFindings = (errors: readonly unknown[], warnings: readonly unknown[]): void => {
  for (const error of errors) read<NetworkError>(error, ERROR, ['error_type', 'error_message']);
  for (const warning of warnings) read<NetworkWarning>(warning, WARNING, ['warning_type', 'warning_message']);
};
