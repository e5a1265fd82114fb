import { Injectable } from '@nestjs/common';
import type { Extension } from '../extension.js';
import { Extensions } from '../extensions.js';
import type { StepUpWish } from '../ports/step-up-wish.js';
import { AcrLadder } from '../principal/acr-ladder.js';

const BY_PASSWORD = ['pwd'];

/** The pages on which users who are signed in prove who they are more strongly (RFC 9470). */
@Injectable()
export class StepUpPages {
  constructor(
    private readonly extensions: Extensions,
    private readonly ladder: AcrLadder,
  ) {}

  /** The capabilities that add what one of these strengths takes beside a password. */
  raisersTo(wanted: readonly string[]): readonly Extension[] {
    return this.extensions.all.filter(
      ({ raises }) => raises !== undefined && this.ladder.suffices(this.ladder.of([...BY_PASSWORD, ...raises]), wanted),
    );
  }

  /** @returns null: this user has nothing that would do */
  async urlFor(wish: StepUpWish): Promise<string | null> {
    // A factor that is offered on the pages of others comes after those pages: there, users choose. Whatever the order of the modules.
    const raisers = this.raisersTo(wish.acr).toSorted((one, other) => isOffered(one) - isOffered(other));
    for (const raiser of raisers) {
      const url = await raiser.stepUpUrl?.(wish);
      if (url) return url;
    }
    return null;
  }
}

function isOffered({ factorOf }: Extension): number {
  return factorOf === undefined ? 0 : 1;
}
