import './environment.js';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { UsersService } from 'nest-authority';
import { fileURLToPath } from 'node:url';
import { AppModule } from './app.module.js';

const PAGE = new URL('../public/', import.meta.url);
/** Its build for a page without a bundler, as the global `oidc`. */
const OIDC_CLIENT = new URL('dist/browser/', import.meta.resolve('oidc-client-ts/package.json'));

const app = await NestFactory.create<NestExpressApplication>(AppModule);
app.enableShutdownHooks();
for (const folder of [PAGE, OIDC_CLIENT]) app.useStaticAssets(fileURLToPath(folder));
await app.get(UsersService).seed({ email: 'ann@example.com', password: 'correct horse battery staple', name: 'Ann' });
await app.listen(process.env.PORT!);
console.log(
  `Open http://localhost:${process.env.PORT} and sign in as ann@example.com, "correct horse battery staple".`,
);
