import { Controller, Get } from '@nestjs/common';
import { BearerAuth, CurrentUser, Scopes, type HostUser } from 'nest-authority';

@Controller('reports')
@BearerAuth({ dpop: 'required' })
export class ReportsController {
  @Get()
  @Scopes('reports:read')
  list(@CurrentUser() user: HostUser) {
    return `Reports of ${user.name}`;
  }
}
