/** A job that was stored: what `enqueue()` gives, and what `accepted()` answers with. */
export class EnqueuedJob {
  readonly id: string
  /** The name of its definition. */
  readonly job: string
  /** `false` where `unique` found one that was there already. */
  readonly isNew: boolean
  /** The path of its status resource. */
  readonly location: string

  constructor(fields: { readonly id: string; readonly job: string; readonly isNew: boolean; readonly location: string }) {
    this.id = fields.id
    this.job = fields.job
    this.isNew = fields.isNew
    this.location = fields.location
  }
}
