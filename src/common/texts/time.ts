import { escaped, PagePart } from '../html.js';
import type { Reader } from './reader.js';

const DAY_MILLISECONDS = 86_400_000;

/** A time beside a thing of the reader's. */
class Time extends PagePart {
  constructor(
    private readonly time: Date,
    private readonly wordsFor: (reader: Reader, time: Date) => string,
  ) {
    super();
  }

  markupFor(reader: Reader): string {
    const words = escaped(this.wordsFor(reader, this.time));
    return `<time datetime="${this.time.toISOString()}" title="${escaped(reader.moment(this.time))}">${words}</time>`;
  }
}

/** How long ago, or in how long: `5 minutes ago`. The exact time is its title. */
export function ago(time: Date): PagePart {
  return new Time(time, (reader) => reader.relative(time));
}

/** The day: `Nov 29, 2026`. */
export function day(time: Date): PagePart {
  return new Time(time, (reader) => reader.date(time));
}

/** When something ends: in how long, if that is less than a day, else the day. */
export function ending(time: Date): PagePart {
  return time.getTime() - Date.now() < DAY_MILLISECONDS ? ago(time) : day(time);
}

/** The day and the minute, in UTC. */
export function moment(time: Date): PagePart {
  return new Time(time, (reader) => reader.moment(time));
}

class Duration extends PagePart {
  constructor(private readonly seconds: number) {
    super();
  }

  markupFor(reader: Reader): string {
    return escaped(reader.duration(this.seconds));
  }
}

/** How long: `3 minutes`. */
export function lasting(seconds: number): PagePart {
  return new Duration(seconds);
}
