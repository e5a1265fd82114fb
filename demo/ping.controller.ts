import { Controller, Get } from '@nestjs/common';
import { ApiKeyAuth, Auth, BearerAuth, CurrentPrincipal, Scopes, type AuthPrincipal } from 'nest-authority';

/** Routes of the host, protected by our decorators. */
@Controller()
export class PingController {
  @Get('ping')
  ping() {
    return { pong: true };
  }

  @Get('ping/api-key')
  @ApiKeyAuth()
  withApiKey() {
    return { pong: true };
  }

  @Get('ping/bearer')
  @BearerAuth()
  withBearer() {
    return { pong: true };
  }

  @Get('ping/either')
  @ApiKeyAuth()
  @BearerAuth()
  withEither() {
    return { pong: true };
  }

  @Get('ping/scoped')
  @Auth('bearer', 'apiKey', 'session')
  @Scopes('reports:read')
  scoped() {
    return { pong: true };
  }

  @Get('whoami')
  @Auth('bearer', 'apiKey', 'session')
  whoami(@CurrentPrincipal() principal: AuthPrincipal) {
    return principal;
  }
}
