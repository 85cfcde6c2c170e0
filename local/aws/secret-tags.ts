import { objects, optionalText, type Request, text } from './actions.ts';
import { AwsError } from './service.ts';

/** Secrets Manager quotas. */
const MOST_TAGS = 50;

const badParameter = (message: string): AwsError => new AwsError('InvalidParameterException', message);

/** The tags of a request. Throws InvalidParameterException. */
export function tagsOf(request: Request): Map<string, string> {
  return allowedTags(
    new Map(objects(request, 'Tags').map((tag) => [text(tag, 'Key'), optionalText(tag, 'Value') ?? ''])),
  );
}

/** The same tags; throws InvalidParameterException when a secret cannot carry them. */
export function allowedTags(tags: Map<string, string>): Map<string, string> {
  for (const [key, value] of tags) {
    if (key.startsWith('aws:')) throw badParameter(`The tag key ${key} begins with aws:, which is reserved.`);
    if (key.length > 128 || value.length > 256) throw badParameter(`The tag ${key.slice(0, 128)} is too long.`);
  }
  if (tags.size > MOST_TAGS) throw badParameter(`a secret takes at most ${MOST_TAGS} tags`);
  return tags;
}
