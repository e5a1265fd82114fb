import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import {
  ApiKeyAuth,
  Auth,
  BearerAuth,
  CurrentPrincipal,
  Public,
  Scopes,
  StepUp,
  type AuthPrincipal,
} from 'nest-authority';
import { Pong, Whoami } from './answers.js';

/** Routes of the host, protected by our decorators. */
@Controller()
@ApiTags('Host routes')
export class PingController {
  @Get('ping')
  @Public()
  @ApiOperation({ operationId: 'ping', summary: 'Open to everybody', description: 'Shows that the demo answers.' })
  @ApiOkResponse({ type: Pong })
  ping(): Pong {
    return { pong: true };
  }

  @Get('ping/api-key')
  @ApiKeyAuth()
  @ApiOperation({
    operationId: 'pingWithApiKey',
    summary: 'Takes an API key',
    description: 'Make one by `POST /api/auth/api-key/create`, and enter its `key` at `apiKey`.',
  })
  @ApiOkResponse({ type: Pong })
  withApiKey(): Pong {
    return { pong: true };
  }

  @Get('ping/bearer')
  @BearerAuth()
  @ApiOperation({
    operationId: 'pingWithBearer',
    summary: 'Takes a bearer token',
    description: 'Enter the `accessToken` of a sign-in at `bearer`.',
  })
  @ApiOkResponse({ type: Pong })
  withBearer(): Pong {
    return { pong: true };
  }

  @Get('ping/either')
  @ApiKeyAuth()
  @BearerAuth()
  @ApiOperation({
    operationId: 'pingWithEither',
    summary: 'Takes an API key or a bearer token',
    description: 'Two decorators on one route mean: either.',
  })
  @ApiOkResponse({ type: Pong })
  withEither(): Pong {
    return { pong: true };
  }

  @Get('ping/scoped')
  @Auth('bearer', 'apiKey', 'session')
  @Scopes('reports:read')
  @ApiOperation({
    operationId: 'pingWithScope',
    summary: 'Takes any credential that has the scope reports:read',
    description: 'Ask for the scope at `oauth2`, or give it to an API key.',
  })
  @ApiOkResponse({ type: Pong })
  scoped(): Pong {
    return { pong: true };
  }

  @Get('ping/recent')
  @Auth('bearer', 'session')
  @StepUp({ maxAge: '5m' })
  @ApiOperation({
    operationId: 'pingWithRecentSignIn',
    summary: 'Takes a user who has signed in in the last five minutes',
    description: 'Later the challenge says so, and clients sign the user in once more (RFC 9470).',
  })
  @ApiOkResponse({ type: Pong })
  recent(): Pong {
    return { pong: true };
  }

  @Get('ping/two-step')
  @Auth('bearer', 'session')
  @StepUp({ acr: 'urn:nest-authority:acr:mfa' })
  @ApiOperation({
    operationId: 'pingWithTwoSteps',
    summary: 'Takes a user who has signed in with a second step, or with a passkey',
    description: 'For others the challenge says so, and clients let the user show one (RFC 9470).',
  })
  @ApiOkResponse({ type: Pong })
  twoStep(): Pong {
    return { pong: true };
  }

  @Get('whoami')
  @Auth('bearer', 'apiKey', 'session')
  @ApiOperation({
    operationId: 'whoami',
    summary: 'The principal of the presented credential',
    description: 'What a handler gets by `@CurrentPrincipal()`.',
  })
  @ApiOkResponse({ type: Whoami })
  whoami(@CurrentPrincipal() principal: AuthPrincipal): AuthPrincipal {
    return principal;
  }
}
