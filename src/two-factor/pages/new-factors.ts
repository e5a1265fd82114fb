import { Injectable } from '@nestjs/common';
import { SecretReveal } from '../../common/http/areas/secret-reveal.js';
import type { HeaderBag } from '../../common/http/request/headers.js';

/** What a form has just made: shown once. */
export interface NewFactor {
  /** Of an app, in Base32; absent: there are only codes. */
  readonly secret?: string;
  readonly backupCodes: readonly string[];
}

/** Carries a new secret and its backup codes from the form that made them to the page that shows them. */
@Injectable()
export class NewFactors {
  constructor(private readonly reveal: SecretReveal) {}

  /** The cookie that holds them. */
  hold(subjectId: string, made: NewFactor): string {
    return this.reveal.hold(whichOf(subjectId), JSON.stringify(made));
  }

  /** What this browser has just made; null: nothing, or it was shown. */
  of(subjectId: string, headers: HeaderBag): NewFactor | null {
    const made = this.reveal.secretOf(whichOf(subjectId), headers);
    // We alone can have sealed it.
    return made === null ? null : (JSON.parse(made) as NewFactor);
  }

  cleared(): string[] {
    return this.reveal.cleared();
  }
}

function whichOf(subjectId: string) {
  return { of: 'two-factor', subjectId };
}
