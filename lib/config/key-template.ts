import type { SecretBinding } from '../../lambda/contract/secret-bindings.ts';
import type { Problems } from './problems.ts';
import { TAG_KEY } from './secret-selection.ts';

/** The characters that Databricks takes in the name of a key; they are cut in nowhere but in placeholders. */
const LITERAL = /^[A-Za-z0-9._@-]*$/;
const SIMPLE: readonly string[] = ['name', 'basename', 'jsonKey'];

/** A template for names of keys: without a placeholder that nothing fills in, and with `{jsonKey}` exactly where it is. */
export function checkKeyTemplate(
  template: unknown,
  json: SecretBinding['json'],
  path: string,
  problems: Problems,
): void {
  if (typeof template !== 'string' || template === '') {
    problems.add(path, template, 'a template such as {basename}');
    return;
  }
  for (const [whole, inside = ''] of template.matchAll(/\{([^{}]*)\}/g)) {
    const tag = inside.startsWith('tag:') ? inside.slice('tag:'.length) : undefined;
    if (!(tag === undefined ? SIMPLE.includes(inside) : TAG_KEY.test(tag))) {
      problems.add(path, whole, 'one of {name}, {basename}, {jsonKey}, {tag:KEY}');
    }
  }
  if (!LITERAL.test(template.replace(/\{[^{}]*\}/g, ''))) {
    problems.add(path, template, 'only letters, digits and . _ @ - around its placeholders');
  }
  const spread = json === 'spread';
  if (template.includes('{jsonKey}') === spread) return;
  problems.add(
    path,
    template,
    spread ? '{jsonKey} in it, because json is spread' : "no {jsonKey} without json: 'spread'",
  );
}
