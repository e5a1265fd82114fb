import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

const SECRET_FILE = '.data/auth-secret';

if (!process.env.DATABASE_URL) {
  console.error(
    'DATABASE_URL is missing: "docker run -d -p 5432:5432 -e POSTGRES_PASSWORD=postgres postgres:18" starts a database at postgres://postgres:postgres@localhost:5432/postgres.',
  );
  process.exit(1);
}
if (!process.env.AUTH_SECRET) {
  // Made once: what is encrypted in the database needs the same one at the next start.
  if (!existsSync(SECRET_FILE)) {
    mkdirSync('.data', { recursive: true });
    writeFileSync(SECRET_FILE, randomBytes(32).toString('base64url'), { mode: 0o600 });
  }
  process.env.AUTH_SECRET = readFileSync(SECRET_FILE, 'utf8');
  console.warn(`AUTH_SECRET is missing: the one in ${SECRET_FILE} is used, which is for development only.`);
}
process.env.PORT ??= '3000';
