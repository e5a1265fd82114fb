import { Inject, Injectable, Logger } from '@nestjs/common';
import { AuthContext } from '../../ports/auth-context.js';
import { CORE_SETTINGS, type CoreSettings } from '../../options/core-options.js';
import { namesOrigin, type OriginCheck } from '../../options/trusted-origins.js';
import type { EdgeContext } from '../request/request-context.js';

const MAX_LENGTH = 512;
/** Anybody can send any origin: the log names this many, once each. */
const MAX_TOLD = 100;
/** A function that has not answered by then counts as a no: a user's browser is waiting. */
const ANSWER_MILLISECONDS = 5_000;

/** The part of `TrustedOrigins` that the checks of origins and addresses need. */
export interface OriginTrust {
  trusts(origin: string): Promise<boolean>;
}

/** Decides which origins are trusted (`trustedOrigins`): for the origin check, CORS and callback addresses. */
@Injectable()
export class TrustedOrigins implements OriginTrust {
  private readonly logger = new Logger('TrustedOrigins');
  /** Answers of the host's functions per request: each is asked once. */
  private readonly answers = new WeakMap<object, Map<string, Promise<boolean>>>();
  private readonly told = new Set<string>();

  constructor(@Inject(CORE_SETTINGS) private readonly settings: CoreSettings) {}

  /**
   * @param origin as browsers send it, or an app's scheme with `://`
   * @param requestContext the request that asks; without one the functions are not asked
   */
  async trusts(
    origin: string,
    requestContext: EdgeContext | undefined = AuthContext.requestContext as EdgeContext | undefined,
  ): Promise<boolean> {
    const { trustedOrigins } = this.settings;
    if (origin.length > MAX_LENGTH || origin === 'null') return false;
    if (namesOrigin(trustedOrigins, origin)) return true;
    if (trustedOrigins.checks.length === 0 || !requestContext?.request) return this.refuse(origin);
    const answers = this.answers.get(requestContext) ?? new Map<string, Promise<boolean>>();
    this.answers.set(requestContext, answers);
    const answer = answers.get(origin) ?? this.ask(origin, requestContext.request);
    answers.set(origin, answer);
    return (await answer) || this.refuse(origin);
  }

  private async ask(origin: string, request: NonNullable<EdgeContext['request']>): Promise<boolean> {
    for (const check of this.settings.trustedOrigins.checks) if (await this.askOne(check, origin, request)) return true;
    return false;
  }

  private async askOne(check: OriginCheck, origin: string, request: NonNullable<EdgeContext['request']>) {
    try {
      const answer: unknown = await inTime(check(origin, request));
      if (typeof answer !== 'boolean')
        this.logger.error('trustedOrigins: a function answered neither true nor false, which counts as no.');
      return answer === true;
    } catch (error) {
      this.logger.error(
        'trustedOrigins: a function failed, which counts as no.',
        error instanceof Error ? error.stack : undefined,
      );
      return false;
    }
  }

  /** Logs, once per origin, what the operator may want to change. */
  private refuse(origin: string): false {
    if (this.told.has(origin) || this.told.size >= MAX_TOLD) return false;
    this.told.add(origin);
    this.logger.warn(
      `The origin ${JSON.stringify(origin)} is not trusted. If it is yours, add it to the option trustedOrigins; if users reach this ` +
        `server itself there, set the option issuer, which is ${this.settings.issuer}, to that address.`,
    );
    return false;
  }
}

async function inTime(answer: boolean | Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${ANSWER_MILLISECONDS} ms`)), ANSWER_MILLISECONDS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
