import { FAILURE } from '../contract/failures.ts';
import { AutomationError } from '../domain/failure.ts';

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;
const PLACEHOLDER = '{deployment_name}';
/** One DNS label, so that a filled-in name stays inside the template's domain. */
const DEPLOYMENT_NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

const refused = (problem: string): AutomationError => new AutomationError(FAILURE.settingsInvalid, problem);

const parseUrl = (text: string): URL => {
  const url = URL.parse(text);
  if (url === null) throw refused(`Databricks URL '${text}' is not a URL`);
  return url;
};

/**
 * A base URL without its trailing slash, fit to receive a token: https, or plain http to this machine itself.
 * Fails with SettingsInvalid for anything else, also for a URL with user, query or fragment.
 */
export const checkBaseUrl = (text: string): string => {
  const url = parseUrl(text);
  if (url.username !== '' || url.password !== '') throw refused(`Databricks URL for ${url.host} must not hold a user`);
  if (url.search !== '' || url.hash !== '') throw refused(`Databricks URL '${text}' must not hold a query or fragment`);
  const isPlainLoopback = url.protocol === 'http:' && LOOPBACK.test(url.hostname);
  if (url.protocol !== 'https:' && !isPlainLoopback) {
    throw refused(`Databricks URL '${text}' is ${url.protocol}//; wanted https:// (http:// only for loopback hosts)`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
};

/**
 * Base URL of one workspace: `template` with `{deployment_name}` filled in, lower case.
 * Fails with SettingsInvalid if the template has no such place or is not https (loopback excepted), and with
 * DatabricksAnswerUnreadable if the name holds anything but a-z, 0-9 and hyphens: such a name could leave the host.
 */
export const workspaceBaseUrl = (template: string, deploymentName: string): string => {
  if (!template.includes(PLACEHOLDER)) throw refused(`workspace URL '${template}' does not hold ${PLACEHOLDER}`);
  const name = deploymentName.toLowerCase();
  if (!DEPLOYMENT_NAME.test(name)) {
    throw new AutomationError(
      FAILURE.databricksAnswerUnreadable,
      `deployment_name ${JSON.stringify(deploymentName.slice(0, 80))} cannot be part of a host name; ` +
        'wanted 1 to 63 of a-z, 0-9 and hyphens',
    );
  }
  return checkBaseUrl(template.replaceAll(PLACEHOLDER, name));
};

/** One segment of a URL path, encoded. Fails with InputInvalid for what a server would take as a way up. */
export const pathSegment = (text: string): string => {
  if (text === '' || text === '.' || text === '..') {
    throw new AutomationError(FAILURE.inputInvalid, `'${text}' cannot stand in a Databricks URL path, wanted an id`);
  }
  return encodeURIComponent(text);
};
