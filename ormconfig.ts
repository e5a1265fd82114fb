import { DataSource } from 'typeorm';
import { authDataSource } from './src/index.js';

/** For the TypeORM command line. Compile first: `npm run build && npx typeorm migration:run -d dist/ormconfig.js`. */
export default new DataSource(
  authDataSource({ url: process.env['DATABASE_URL'] ?? 'postgres://localhost/nest_authority' }),
);
