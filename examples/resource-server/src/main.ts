import { NestFactory } from '@nestjs/core';
import { AppModule } from './app.module.js';
import { port } from './environment.js';

const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
await app.listen(port);
