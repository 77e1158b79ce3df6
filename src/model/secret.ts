import { inspect } from 'node:util'

/** A password. Its text comes out by `reveal` alone: whatever prints, stores or compares it by accident gets three stars. */
export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  reveal(): string {
    return this.#text
  }

  toString(): string {
    return hidden
  }

  toJSON(): string {
    return hidden
  }

  [inspect.custom](): string {
    return hidden
  }
}

/** What stands where a secret was. */
export const hidden = '***'
