import { InvalidArgumentError, Option } from 'commander';
import type { ClientBase } from 'pg';
import type { AuthOptions } from '../../../index.js';
import { CommandFailure, EXIT } from '../../command-failure.js';
import { wholeNumber } from '../../commands/option-values.js';
import { settingsOf } from '../../doctor/settings-of.js';
import { requireReadableAddress } from '../../host/database-address.js';
import { refusedOptions } from '../../host/refused-options.js';
import type { Invocation } from '../../invocation.js';
import type { Answer } from '../../output/answer.js';
import { example, type AddCommands } from '../../program.js';
import { importFromBetterAuth } from './import-from-better-auth.js';
import { ImportError, SECOND_FACTOR_CHOICES, type ImportProgress, type ImportSettings } from './import-options.js';
import { reportText } from './report-text.js';

interface Options {
  readonly from?: string;
  readonly fromSchema?: string;
  readonly table?: Readonly<Record<string, string>>;
  readonly issuer?: Readonly<Record<string, string>>;
  readonly timeZone?: string;
  readonly batchSize?: number;
  readonly secondFactors?: NonNullable<ImportSettings['secondFactors']>;
  readonly dryRun?: boolean;
  readonly allowSkips?: boolean;
}

/** What is done at once says nothing; what takes long, every so many rows. */
const PROGRESS_ROWS = 10_000;

/** `import better-auth`. */
export const importCommands: AddCommands = (program, action) => {
  program
    .command('import')
    .description('move here from another server')
    .command('better-auth')
    .description(
      'move users, passwords, second factors, sessions, API keys, OAuth clients, consents and refresh tokens; nobody is signed out',
    )
    .option('--from <url>', 'database of better-auth, which is only read; default: IMPORT_DATABASE_URL')
    .option('--from-schema <name>', 'its schema; default: the first of the search path')
    .option('--table <name=table>', 'a table under another name, e.g. user=members; may be given again', pairs)
    .option('--issuer <provider=url>', 'issuer of a provider that is not known by name; may be given again', pairs)
    .option('--time-zone <name>', 'of columns of the type timestamp; default: UTC')
    .option('--batch-size <rows>', 'rows in one transaction; default: 1000', wholeNumber('--batch-size', 1, 10_000))
    .addOption(
      new Option(
        '--second-factors <which>',
        'all: users whose second factor cannot be moved are skipped; movable: moved without it; none: no second factor is moved',
      )
        .choices(SECOND_FACTOR_CHOICES)
        .default('all'),
    )
    .option('--dry-run', 'read, check and count, and write nothing')
    .option('--allow-skips', 'exit code 0 although rows could not be moved')
    .addHelpText('after', example('import better-auth --from postgres://localhost/shop --dry-run'))
    .action(action(importBetterAuth));
};

async function importBetterAuth(invocation: Invocation, given: Options): Promise<Answer> {
  // Other users of the machine see the arguments of a program, and not its environment.
  const url = given.from ?? invocation.io.env['IMPORT_DATABASE_URL'];
  if (!url)
    throw CommandFailure.usage('The database to import from is missing. Give --from, or set IMPORT_DATABASE_URL.');
  requireReadableAddress(url);
  const { options } = await invocation.readHost();
  const secrets = secretsOf(options);
  const { dataSource } = await invocation.connect();
  const runner = dataSource!.createQueryRunner();
  try {
    const report = await importFromBetterAuth({
      source: {
        url,
        ...(given.fromSchema !== undefined && { schema: given.fromSchema }),
        ...(given.table && { tables: given.table }),
        ...(given.timeZone !== undefined && { timeZone: given.timeZone }),
      },
      // Of the driver for PostgreSQL, whatever TypeORM's types say.
      target: { client: (await runner.connect()) as ClientBase, schema: schemaOf(dataSource!.options) },
      options: {
        secrets,
        dryRun: given.dryRun === true,
        ...(given.secondFactors && { secondFactors: given.secondFactors }),
        ...(given.issuer && { issuers: given.issuer }),
        ...(given.batchSize !== undefined && { batchSize: given.batchSize }),
      },
      progress: (progress) => tell(invocation, progress),
    });
    const isWhole = report.skipped.length === 0 || given.allowSkips === true;
    return { text: reportText(report), json: report, exitCode: isWhole ? EXIT.done : EXIT.failed };
  } catch (error) {
    throw error instanceof ImportError ? CommandFailure.failed(error.message, error) : error;
  } finally {
    await runner.release();
  }
}

/** Tokens of providers are encrypted with them: the server has to take them. @throws CommandFailure */
function secretsOf(options: AuthOptions): readonly string[] {
  try {
    return settingsOf({ secret: options.secret }).secrets;
  } catch (error) {
    throw refusedOptions(options, error);
  }
}

function tell(invocation: Invocation, { kind, done, total }: ImportProgress): void {
  const isLong = total > PROGRESS_ROWS;
  if (isLong && (done % PROGRESS_ROWS === 0 || done === total)) invocation.tell(`${kind}: ${done} of ${total} rows`);
}

function schemaOf(options: object): string | undefined {
  const { schema } = options as { readonly schema?: string };
  return schema;
}

/** `name=value`; a later one of the same name counts. */
function pairs(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const separator = text.indexOf('=');
  if (separator <= 0 || separator === text.length - 1) throw new InvalidArgumentError('Give a name, = and a value.');
  return { ...before, [text.slice(0, separator)]: text.slice(separator + 1) };
}
