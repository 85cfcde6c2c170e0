import { writeFileSync } from 'node:fs';
import { describeApi } from '../lambda/app/describe-api.ts';

// A test fails while docs/openapi.json is not what the routes and schemas say.
writeFileSync(new URL('../docs/openapi.json', import.meta.url), JSON.stringify(describeApi()));
