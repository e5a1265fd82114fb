import { Controller, Get } from '@nestjs/common';
import { BearerAuth, CurrentUser, type HostUser } from 'nest-authority';

@Controller('reports')
@BearerAuth()
export class ReportsController {
  @Get()
  list(@CurrentUser() user: HostUser) {
    return `Hello ${user.name}`;
  }
}
