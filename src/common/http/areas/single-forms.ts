import { Injectable } from '@nestjs/common';
import { AuthError } from '../../errors/auth-error.js';
import { html, type Html } from '../../html.js';
import { RateLimits } from '../../limits/rate-limits.js';
import { newId } from '../../new-id.js';

/** One form is sent once. A day: longer than a page with a form stays open. */
const ONCE = { name: 'form', max: 1, windowSeconds: 86_400, boundsGuesses: true } as const;

/** Forms that make something: a double click, or a second look at the page by the back button, does not make it twice. */
@Injectable()
export class SingleForms {
  constructor(private readonly limits: RateLimits) {}

  /** The field that names one showing of a form. */
  field(): Html {
    return html`<input type="hidden" name="form" value="${newId()}" />`;
  }

  /** @returns false when this form was sent before */
  async spend(form: string, subjectId: string): Promise<boolean> {
    try {
      await this.limits.consume(ONCE, `${subjectId}:${form}`);
      return true;
    } catch (error) {
      if (error instanceof AuthError && error.status === 429) return false;
      throw error;
    }
  }
}
