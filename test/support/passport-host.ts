import {
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  type INestApplication,
  Injectable,
  Req,
  UnauthorizedException,
  UseGuards,
} from '@nestjs/common';
import { jwtVerify, SignJWT } from 'jose';
import passport from 'passport';
import {
  AuthGuard,
  type AuthPrincipal,
  BearerAuth,
  BearerStrategy,
  createPrincipal,
  CurrentPrincipal,
  CurrentUser,
  type HostUser,
  type JwtOptions,
  putPrincipal,
  Scopes,
} from '../../src/index.js';

/** The code of docs/guides/from-passport.md: a test finds each of its blocks here, and runs them. */

const OLD_SECRET = new TextEncoder().encode('the secret of the old tokens, 32 bytes long');

export const oldToken = (id: string, secret = OLD_SECRET) =>
  new SignJWT({ role: 'editor' })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(id)
    .setExpirationTime('1h')
    .sign(secret);

/** As passport-jwt does it, which is not installed: reads the header, verifies, gives the user. */
class OldJwtStrategy extends passport.Strategy {
  override readonly name = 'old-jwt';

  override authenticate(request: { headers: { authorization?: string } }): void {
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    jwtVerify(token, OLD_SECRET, { algorithms: ['HS256'] }).then(
      ({ payload }) => this.success({ id: payload.sub, role: payload['role'] }),
      () => this.fail(401),
    );
  }
}

interface OldUser {
  id: string;
  role: string;
}

/** Asks a strategy of Passport. Null: it does not know the caller. */
export function passportUser(strategy: string, context: ExecutionContext): Promise<OldUser | null> {
  const http = context.switchToHttp();
  return new Promise((resolve, reject) => {
    const done = (error: unknown, user?: OldUser | false) => (error ? reject(error) : resolve(user || null));
    passport.authenticate(strategy, { session: false }, done)(http.getRequest(), http.getResponse(), reject);
  });
}

/** What your `AuthGuard('jwt')` does. */
@Injectable()
export class OldJwtGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const user = await passportUser('old-jwt', context);
    if (!user) throw new UnauthorizedException();
    context.switchToHttp().getRequest<{ user: OldUser }>().user = user;
    return true;
  }
}

/** Lets the bearer of an old token in; of any other caller our guard decides. */
@Injectable()
export class OldTokens implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const user = await passportUser('old-jwt', context);
    if (user) {
      const credential = { scheme: 'bearer', credentialType: 'old-jwt', credentialId: user.id };
      putPrincipal(context, createPrincipal({ subjectId: user.id, ...credential, claims: { role: user.role } }));
    }
    return true;
  }
}

@Injectable()
export class EditorGuard extends AuthGuard {
  protected override allows({ claims }: AuthPrincipal): boolean {
    return claims['role'] === 'editor';
  }
}

@Controller('orders')
export class OrdersController {
  // Before.
  @Get('old')
  @UseGuards(OldJwtGuard)
  old(@Req() request: { user: OldUser }) {
    return { id: request.user.id };
  }

  // Meanwhile: old tokens and ours. The lower guard runs first.
  @Get('both')
  @BearerAuth()
  @UseGuards(OldTokens)
  both(@CurrentUser() user: HostUser, @CurrentPrincipal() principal: AuthPrincipal) {
    return { id: user.id, with: principal.credentialType };
  }

  // After.
  @Get('new')
  @BearerAuth()
  @Scopes('orders:read')
  new(@CurrentUser() user: HostUser) {
    return { id: user.id };
  }

  @Get('editors')
  @BearerAuth()
  @UseGuards(EditorGuard)
  @UseGuards(OldTokens)
  editors() {
    return { ok: true };
  }
}

export const JWT: JwtOptions = {
  trustedIssuers: [{ issuer: 'https://login.example.org', audience: 'api://orders', type: 'JWT' }],
};

@Controller('partners')
export class PartnersController {
  @Get()
  @BearerAuth({ issuer: 'https://login.example.org' })
  list(@CurrentPrincipal() { subjectId }: AuthPrincipal) {
    return { subjectId };
  }
}

export function keepPassport(app: INestApplication): void {
  passport.use(app.get(BearerStrategy));
}

/** What your `AuthGuard('bearer')` does, which stays as it is. */
@Injectable()
export class OldBearerGuard implements CanActivate {
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const principal = await passportUser('bearer', context);
    if (!principal) throw new UnauthorizedException();
    context.switchToHttp().getRequest<{ user: unknown }>().user = principal;
    return true;
  }
}

@Controller('invoices')
export class InvoicesController {
  @Get()
  @UseGuards(OldBearerGuard)
  list(@Req() request: { user: AuthPrincipal }) {
    return { id: request.user.subjectId };
  }
}

export function configurePassport(app: INestApplication): void {
  passport.use(new OldJwtStrategy());
  keepPassport(app);
}
