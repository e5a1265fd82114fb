import { Args, Mutation, Parent, Query, ResolveField, Resolver, Subscription } from '@nestjs/graphql';
import { Auth, CurrentPrincipal, Public, type AuthPrincipal } from 'nest-authority';
import { EventEmitter, on } from 'node:events';
import { Note } from './note.model.js';

/** Takes tokens and API keys; reading is open, but for what is about the reader. */
@Resolver(() => Note)
@Auth('bearer', 'apiKey')
export class NotesResolver {
  private readonly all: Note[] = [];
  private readonly events = new EventEmitter().setMaxListeners(0);

  @Query(() => [Note])
  @Public()
  notes() {
    return this.all;
  }

  @Mutation(() => Note)
  addNote(@Args('text') text: string, @CurrentPrincipal() principal: AuthPrincipal) {
    const note: Note = { id: String(this.all.length + 1), text, authorId: principal.subjectId };
    this.all.push(note);
    this.events.emit('added', note);
    return note;
  }

  /** Ends with the credential of its subscriber. */
  @Subscription(() => Note, { resolve: ([note]: [Note]) => note })
  noteAdded() {
    return on(this.events, 'added');
  }

  @ResolveField(() => Boolean, { nullable: true })
  mine(@Parent() note: Note, @CurrentPrincipal() principal: AuthPrincipal) {
    return note.authorId === principal.subjectId;
  }
}
