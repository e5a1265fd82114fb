import './environment.js';
import { NestFactory } from '@nestjs/core';
import { UsersService } from 'nest-authority';

// Loaded here, since it reads what the environment has just made.
const { AppModule } = await import('./app.module.js');
const app = await NestFactory.create(AppModule);
app.enableShutdownHooks();
await app.get(UsersService).seed({ email: 'ann@example.com', password: 'correct horse battery staple', name: 'Ann' });
await app.listen(process.env.PORT!);
console.log(`Connect a client to http://localhost:${process.env.PORT}/mcp`);
