import { Body, Controller, Get, ParseEnumPipe, Put } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Auth, CurrentUser, type HostUser } from 'nest-authority';
import type { Repository } from 'typeorm';
import { Member } from './member.entity.js';

enum Plan {
  free = 'free',
  whole = 'whole',
}

@Controller('me')
@Auth('bearer', 'session')
export class MeController {
  constructor(@InjectRepository(Member) private readonly members: Repository<Member>) {}

  /** The row itself, by its integer. */
  @Get()
  find(@CurrentUser() user: HostUser) {
    return this.members.findOneByOrFail({ id: Number(user.id) });
  }

  @Put('plan')
  async choose(@CurrentUser() user: HostUser, @Body('plan', new ParseEnumPipe(Plan)) plan: Plan) {
    await this.members.update({ id: Number(user.id) }, { plan });
    return { plan };
  }
}
