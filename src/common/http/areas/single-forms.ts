import { Injectable } from '@nestjs/common';
import { SingleFlight } from '../../cache/single-flight.js';
import { AuthError } from '../../errors/auth-error.js';
import { html, type Html } from '../../html.js';
import { RateLimits, type RateLimit, type RateLimitHit } from '../../limits/rate-limits.js';
import { newId } from '../../new-id.js';
import type { HttpReply } from '../request/reply.js';

/** One form is sent once. A day: longer than a page with a form stays open. */
const ONCE: RateLimit = { name: 'form', max: 1, windowSeconds: 86_400, boundsGuesses: true };

/** Forms that make something: a double click, or a second look at the page by the back button, does not make it twice. */
@Injectable()
export class SingleForms {
  /** On this node alone: what was made is shown once, in the reply that a browser drops when its user clicks again. */
  private readonly running = new SingleFlight<HttpReply>();

  constructor(private readonly limits: RateLimits) {}

  /** The field that names one showing of a form. */
  field(): Html {
    return html`<input type="hidden" name="form" value="${newId()}" />`;
  }

  /**
   * Does what a form asks, once. Sent again at the same moment it gets the same reply, later that of `before`. What has failed may be sent
   * again, also corrected.
   * @param sent the field, and who has sent it
   */
  once(
    sent: { readonly form: string; readonly subjectId: string },
    work: () => Promise<HttpReply>,
    before: () => HttpReply,
  ): Promise<HttpReply> {
    const key = `${sent.subjectId}:${sent.form}`;
    return this.running.run(key, async () => {
      const hit = await this.spend(key);
      if (hit === 'spent') return before();
      try {
        return await work();
      } catch (error) {
        if (hit) await this.limits.takeBack(hit);
        throw error;
      }
    });
  }

  private async spend(key: string): Promise<RateLimitHit | 'spent' | null> {
    try {
      return await this.limits.consumeForNow(ONCE, key);
    } catch (error) {
      if (error instanceof AuthError && error.status === 429) return 'spent';
      throw error;
    }
  }
}
