import { Controller, Get } from '@nestjs/common';
import { BearerAuth, CurrentPrincipal, type AuthPrincipal } from 'nest-authority';

@Controller()
export class ProtectedController {
  @Get('hello')
  @BearerAuth()
  hello(@CurrentPrincipal() principal: AuthPrincipal) {
    return { hello: principal.subjectId };
  }
}
