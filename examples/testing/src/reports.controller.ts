import { Controller, Delete, Get } from '@nestjs/common';
import { ApiKeyAuth, BearerAuth, CurrentUser, Scopes, SessionAuth, type HostUser } from 'nest-authority';
import { ReportsService } from './reports.service.js';

@Controller('reports')
export class ReportsController {
  constructor(private readonly reports: ReportsService) {}

  @Get()
  @BearerAuth()
  @ApiKeyAuth()
  @Scopes('reports:read')
  list(@CurrentUser() user: HostUser) {
    return this.reports.titlesFor(user.id);
  }

  @Delete()
  @SessionAuth()
  clear(@CurrentUser() user: HostUser) {
    return { cleared: user.email };
  }
}
