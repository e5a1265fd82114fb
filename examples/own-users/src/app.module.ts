import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { authDataSource, AuthModule } from 'nest-authority';
import { MemberDirectory } from './members/member.directory.js';
import { Member } from './members/member.entity.js';
import { Members1750000000000 } from './members/members.migration.js';
import { MembersModule } from './members/members.module.js';

@Module({
  imports: [
    TypeOrmModule.forRoot(
      authDataSource({
        url: process.env.DATABASE_URL!,
        tables: ['sessions', 'bearer'], // in place of `accounts`: no table for users
        entities: [Member],
        migrations: [Members1750000000000],
        migrationsRun: true,
      }),
    ),
    MembersModule,
    AuthModule.forRoot({
      issuer: `http://localhost:${process.env.PORT}`,
      secret: process.env.AUTH_SECRET!,
      accounts: { users: MemberDirectory },
    }),
  ],
})
export class AppModule {}
