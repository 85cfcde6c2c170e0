import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

type Handler = (event: unknown, context: unknown) => unknown;

/** An error of the runtime itself, with the name under which Lambda reports it. */
const runtimeError = (name: string, message: string, cause?: unknown): Error => {
  const error = new Error(message, { cause });
  error.name = name;
  return error;
};

/**
 * Imports a bundle and answers its handler. Rejects with Runtime.ImportModuleError, Runtime.HandlerNotFound, or
 * Runtime.CallbackHandlerDeprecated, because Lambda's Node.js 24 refuses a handler that declares a third parameter.
 */
export const loadHandler = async ({
  assetDir,
  handler,
}: {
  readonly assetDir: string;
  readonly handler: string;
}): Promise<Handler> => {
  const dot = handler.lastIndexOf('.');
  const [module, name] = [handler.slice(0, dot), handler.slice(dot + 1)];
  const file = ['mjs', 'js', 'cjs'].map((end) => join(assetDir, `${module}.${end}`)).find((each) => existsSync(each));
  if (file === undefined) throw runtimeError('Runtime.ImportModuleError', `Error: Cannot find module '${module}'`);
  const exported = await import(pathToFileURL(file).href).catch((error: unknown) => {
    throw runtimeError('Runtime.ImportModuleError', String(error), error);
  });
  const found: unknown = exported[name] ?? exported.default?.[name];
  if (typeof found !== 'function') {
    throw runtimeError('Runtime.HandlerNotFound', `${handler} is undefined or not exported`);
  }
  if (found.length >= 3) {
    throw runtimeError('Runtime.CallbackHandlerDeprecated', `${handler} takes a callback, which Node.js 24 refuses`);
  }
  return (event, context) => found(event, context);
};
