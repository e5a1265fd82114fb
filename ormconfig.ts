import { DataSource } from 'typeorm';
import { authDataSource } from './src/index.js';

/**
 * For the TypeORM command line. Compile first: `npm run build && npx typeorm migration:run -d dist/ormconfig.js`.
 * The limits of the request path are lifted: a migration may take its time.
 */
export default new DataSource({
  ...authDataSource({ url: process.env['DATABASE_URL'] ?? 'postgres://localhost/nest_authority' }),
  extra: {},
});
