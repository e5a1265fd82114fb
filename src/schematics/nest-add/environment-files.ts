import { randomBytes } from 'node:crypto';

/** A variable of `.env.example`, with what it says about itself. */
interface Variable {
  readonly name: string;
  readonly comment: string;
  readonly example: string;
}

const VARIABLES: readonly Variable[] = [
  {
    name: 'DATABASE_URL',
    comment: 'PostgreSQL. For development: docker run -d -p 5432:5432 -e POSTGRES_PASSWORD=postgres postgres:18',
    example: 'postgres://postgres:postgres@localhost:5432/postgres',
  },
  {
    name: 'AUTH_ISSUER',
    comment: 'Where browsers reach this server, port included.',
    example: 'http://localhost:3000',
  },
  { name: 'AUTH_SECRET', comment: 'At least 32 random characters: openssl rand -base64 32', example: '' },
];

/** `.env.example` with the variables that it lacks. */
export function extendExample(text: string): string {
  const lacking = VARIABLES.filter(({ name }) => !new RegExp(`^${name}=`, 'm').test(text));
  const lines = lacking.map(({ name, comment, example }) => `# ${comment}\n${name}=${example}\n`);
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`;
  return before + lines.join('');
}

/** A first `.env`, with a secret of its own. */
export function firstEnvironment(): string {
  return extendExample('').replace(/^AUTH_SECRET=$/m, `AUTH_SECRET=${randomBytes(32).toString('base64url')}`);
}

/** Whether Git leaves `.env` alone. */
export function ignoresEnvironment(gitignore: string): boolean {
  return /^\/?\.env\*?\s*$/m.test(gitignore);
}
