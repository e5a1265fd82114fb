import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { MeController } from './me.controller.js';
import { MemberDirectory } from './member.directory.js';
import { Member } from './member.entity.js';

@Module({
  imports: [TypeOrmModule.forFeature([Member])],
  controllers: [MeController],
  providers: [MemberDirectory],
})
export class MembersModule {}
