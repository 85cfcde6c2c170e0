import type { Health } from '../lambda/contract/api-answers.ts';
import type { Command } from './command.ts';
import { EXIT } from './exit-code.ts';
import { table } from './table.ts';

/** About the stage itself. */
export const STAGE_COMMANDS: readonly Command[] = [
  {
    words: 'health',
    says: 'Whether everything answers',
    more: ['The credentials, the Databricks account and the state table. Exit code 4 if something does not.'],
    run: async ({ api, screen }) => {
      const { status, body } = await api.call('getHealth');
      screen.document(body);
      screen.show([...checkTable(body), '', `${body.status}, version ${body.version}`]);
      return status === 200 && body.status === 'ok' ? EXIT.allRight : EXIT.unreachable;
    },
  },
  {
    words: 'openapi',
    says: 'The OpenAPI 3.1 document of the API, as JSON',
    run: async ({ api, surroundings }) => {
      const { body } = await api.call('getOpenApi');
      surroundings.out(`${JSON.stringify(body, null, 2)}\n`);
      return EXIT.allRight;
    },
  },
];

const checkTable = ({ checks }: Health): readonly string[] =>
  table(
    ['CHECK', 'ANSWERS', 'FAILURE'],
    checks.map(({ name, ok, failure }) => [
      name,
      ok ? 'yes' : 'no',
      failure === null ? '' : `${failure.name}: ${failure.message}`,
    ]),
  );
