import { Controller, Delete, Get, HttpCode, Param } from '@nestjs/common';
import { BearerAuth, CurrentPrincipal, Public, Roles, type AuthPrincipal } from 'nest-authority/resource-server';

@Controller('reports')
@BearerAuth()
export class ReportsController {
  @Get()
  list(@CurrentPrincipal() { subjectId, clientId, scopes, roles }: AuthPrincipal) {
    return { subjectId, clientId, scopes, roles };
  }

  @Delete(':id')
  @HttpCode(200)
  @Roles('admin')
  remove(@Param('id') id: string) {
    return { removed: id };
  }

  @Get('samples')
  @Public()
  samples() {
    return ['a report that everybody may read'];
  }
}
