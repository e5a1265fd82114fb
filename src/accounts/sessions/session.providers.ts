import type { Provider, Type } from '@nestjs/common';
import { BroughtSessions } from './brought-sessions.js';
import { ImpersonationStore } from './impersonation.store.js';
import { KnownDevices } from './known-devices.js';
import { SessionCookieAuthenticator } from './session-cookie.authenticator.js';
import { SessionController } from './session.controller.js';
import { SessionEnds } from './session.ends.js';
import { SessionReplies } from './session.replies.js';
import { SessionStarts } from './session.starts.js';
import { SessionStore } from './session.store.js';
import { SessionTokenReader, SessionVerifier } from './session.verifier.js';
import { SessionsService } from './sessions.service.js';

export const sessionProviders: Provider[] = [
  SessionStore,
  ImpersonationStore,
  SessionVerifier,
  SessionTokenReader,
  SessionCookieAuthenticator,
  BroughtSessions,
  SessionEnds,
  SessionStarts,
  SessionReplies,
  SessionsService,
  KnownDevices,
];

export const sessionControllers: Type[] = [SessionController];
