/** A template that can't be filled in here, or whose variable is not set; the message ends a sentence. */
export class TemplateError extends Error {
  /** The variable that is not set, where that is the trouble. */
  readonly missing?: string

  constructor(message: string, missing?: string) {
    super(message)
    this.name = 'TemplateError'
    if (missing !== undefined) this.missing = missing
  }
}
